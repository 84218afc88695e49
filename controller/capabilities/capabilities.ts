import type { Effect, Port } from '../runtime/effect.ts';
import { bookmark } from './bookmark.ts';
import type { Capability } from './capability.ts';
import { channel } from './channel.ts';
import { comment } from './comment.ts';
import { members } from './members.ts';
import { message } from './message.ts';
import { number } from './number.ts';
import { pin } from './pin.ts';
import { purpose } from './purpose.ts';
import { record } from './record.ts';
import { review } from './review.ts';
import { thread } from './thread.ts';
import { ticket } from './ticket.ts';

/** Every kind of effect, in the order in which people look for them. */
export const capabilities = {
  number,
  channel,
  purpose,
  message,
  pin,
  members,
  ticket,
  bookmark,
  comment,
  record,
  review,
  thread,
} as const;

export type Kind = keyof typeof capabilities;

/** What the domain needs of the outside, by kind. */
export type Desired = { [K in Kind]: (typeof capabilities)[K] extends Capability<infer D, infer _> ? D : never };

/** The parts of the ref that a kind lands with. What an older version recorded may lack some. */
export type RefOf<K extends Kind> = Readonly<Partial<Record<(typeof capabilities)[K]['ref'][number], string>>>;

/** A recorded entry may be of a kind that only another version knows. */
export const isKind = (kind: string): kind is Kind => Object.hasOwn(capabilities, kind);

/** What one connection can do. A missing capability is an absent property. */
export type Ports = { readonly [K in Kind]?: Port<Desired[K]> };

/** An effect of the product: the runtime's, with the kinds named. */
export type ProductEffect = { [K in Kind]: Effect<K, Desired[K]> }[Kind];

/** What is known of the kind of an effect or entry; undefined: only another version knows it. */
export function capabilityOf(kind: string): Capability<unknown> | undefined {
  return isKind(kind) ? capabilities[kind] : undefined;
}
