import { incidentStates, severities } from '../../api/enums.gen.ts';
import type { About, Aspect, Doc, Offer } from '../../document/doc.ts';
import { levels } from '../../api/levels.ts';
import type { Block } from './blocks.ts';
import { slackPlain } from './text.ts';

/** Each offer's button has the id `ac.<verb>`: an API, since a message posted years ago still sends it. */
export const actionOf = (verb: string): string => `ac.${verb}`;

/** A link: Slack sends its press too, and it only wants an ack. */
export const openAction = actionOf('open');

/** What a press says: which object, what it should become, and what the person saw. */
export interface Press extends About {
  readonly to?: Aspect;
  readonly shown?: Aspect;
}

/** All offers of a document as one block; none where there are none. */
export const buttonsOf = ({ offers }: Pick<Doc, 'offers'>): Block[] =>
  offers === undefined || offers.all.length === 0
    ? []
    : [
        {
          type: 'actions',
          block_id: `ac.${offers.about.uid}`,
          elements: offers.all.map((offer) => buttonOf(offers.about, offer)),
        },
      ];

/** A name, a namespace and a uid stay under 400 characters of the 2,000 that Slack lets a value have. */
export function buttonOf({ uid, namespace, name }: About, offer: Offer): Block {
  if ('url' in offer) return { type: 'button', action_id: openAction, text: plain(offer.label, 75), url: offer.url };
  const { verb, label, to, shown, style, confirm } = offer;
  const press: Press = { uid, namespace, name, ...(to ? { to } : {}), ...(shown ? { shown } : {}) };
  return {
    type: 'button',
    action_id: actionOf(verb),
    text: plain(label, 75),
    value: JSON.stringify(press),
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plain(confirm.title, 100),
            text: plain(confirm.text, 300),
            confirm: plain(confirm.yes, 30),
            deny: plain('Cancel', 30),
          },
        }
      : {}),
  };
}

/** What a button's `value` says; undefined for what is none of ours. */
export function readPress(value: string): Press | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!isFields(parsed)) return undefined;
  const { uid, namespace, name } = parsed;
  if (typeof uid !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  const [to, shown] = [readAspect(parsed['to']), readAspect(parsed['shown'])];
  return { uid, namespace, name, ...(to ? { to } : {}), ...(shown ? { shown } : {}) };
}

const plain = (text: string, most: number) =>
  ({ type: 'plain_text', text: slackPlain(text, most), emoji: false }) as const;

function readAspect(value: unknown): Aspect | undefined {
  if (!isFields(value)) return undefined;
  const state = incidentStates.find((s) => s === value['state']);
  const severity = severities.find((s) => s === value['severity']);
  const level = Number(value['level'] ?? Number.NaN);
  return {
    ...(state === undefined ? {} : { state }),
    ...(severity === undefined ? {} : { severity }),
    ...(Number.isInteger(level) && level >= levels.least && level <= levels.most ? { level } : {}),
  };
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';
