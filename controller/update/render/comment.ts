import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Doc, Link } from '../../document/doc.ts';
import { happenedAt } from '../../timeline/order.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import { headline, type UpdateView } from './words.ts';

/** An update as a comment on the incident's ticket. */
export function comment(update: IncidentUpdate, view: UpdateView): Doc {
  const { author, text, links = [] } = update.spec;
  const what = headline(update, view);
  const title = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const own = links.map(({ title: called, url }): Link => ({ title: called, url, by: 'people' }));
  return {
    title: '',
    line: title,
    parts: [
      {
        line: [
          { strong: title },
          ...(author === undefined ? [] : [' by ', { person: author }]),
          ' · ',
          { time: rfc3339(happenedAt(update)) },
        ],
      },
      ...(text === undefined ? [] : [{ text }]),
      ...(own.length === 0 ? [] : [{ links: own }]),
    ],
  };
}
