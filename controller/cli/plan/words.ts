import { toPlain } from '../../document/to-plain.ts';
import type { ProductEffect } from '../../integrations/capabilities.ts';
import { oneLine } from '../../text.ts';
import { count } from '../io.ts';
import { shown } from './pretend.ts';

/** What is wanted, in one line: `#inc-00001`, a ticket’s title. */
export function wordsOf(effect: ProductEffect): string {
  return oneLine(shown(words(effect)));
}

function words(effect: ProductEffect): string {
  switch (effect.kind) {
    case 'number':
      return 'INC-(known after number)';
    case 'channel':
      return `#${effect.desired.name}${effect.desired.private ? ' (private)' : ''}`;
    case 'purpose':
      return brief(effect.desired.text);
    case 'message': {
      const { channelName } = effect.within ?? {};
      return channelName === undefined ? brief(effect.desired.line) : `${channelName}: ${brief(effect.desired.line)}`;
    }
    case 'pin':
      return 'the live status';
    case 'members':
      return effect.desired.people.join(', ');
    case 'bookmark': {
      const { title, url } = effect.desired;
      return `${brief(title)}${URL.canParse(url) ? ` ${url}` : ''}`;
    }
    case 'thread':
      return count(effect.desired.lines.length, 'line');
    case 'ticket': {
      const { doc, labels, state } = effect.desired;
      const labelled = labels.length === 0 ? '' : ` [${labels.join(', ')}]`;
      return `${state === 'Closed' ? 'closed: ' : ''}${brief(doc.title)}${labelled}`;
    }
    case 'comment':
      return brief(toPlain(effect.desired).replaceAll(/\s+/g, ' '));
    case 'record':
      return `${effect.desired.folder} on branch ${effect.desired.branch}`;
    case 'review':
      return brief(effect.desired.title);
  }
}

/** The first line that says something, shortened. */
export function brief(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('<!--')) ?? '';
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
