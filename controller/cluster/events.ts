import type { Clock } from '../runtime/clock.ts';
import type { KubeClient } from '../runtime/kube.ts';
import type { AnyReason } from '../runtime/reasons.ts';
import { events } from './resources.ts';

/** Whom an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export type Recorder = (regarding: Regarding, type: 'Normal' | 'Warning', reason: AnyReason, note: string) => void;

/** Of an Event about an object of this name: where that is cut, no mark may be left that no name can end with. */
export const eventName = (name: string, unique: string): string =>
  `${name.slice(0, 220).replace(/[-.]+$/, '')}.${unique}`;

/** Bytes in UTF-8: the bound of events.k8s.io/v1, which the API server holds with Go's len(). */
const longestNote = 1_024;

/** As much of it as an Event holds, in whole characters. */
export function eventNote(note: string): string {
  const { read } = new TextEncoder().encodeInto(note, new Uint8Array(longestNote));
  return note.slice(0, read).toWellFormed();
}

/**
 * Records Events for milestones and failures. Best effort, as everywhere in Kubernetes: one that the API server does not
 * take (a namespace that ends takes none) is handed to `onLost` with its words, never retried.
 */
export function recorder(
  client: KubeClient,
  clock: Clock,
  instance: string,
  onLost: (error: unknown, lost: { regarding: Regarding; reason: AnyReason; note: string }) => void,
): Recorder {
  let count = 0;
  return (regarding, type, reason, note) => {
    const { namespace, name } = regarding;
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: eventName(name, `${clock.now().toString(16)}${(count++).toString(16)}`), namespace },
      eventTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
      reportingController: 'allclear.dev/controller',
      reportingInstance: instance.slice(0, 128),
      action: reason,
      reason,
      regarding,
      note: eventNote(note),
      type,
    };
    client.create(events, event, { namespace }).catch((error: unknown) => onLost(error, { regarding, reason, note }));
  };
}
