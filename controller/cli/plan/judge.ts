import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Instant } from '../../runtime/clock.ts';
import { decide, type Step } from '../../runtime/decide.ts';
import { refusedPart, revOf, withRefusal, type EffectKey, type Entry, type Port } from '../../runtime/effect.ts';
import type { PortLookup } from '../../runtime/execution.ts';
import { releasedOf, wantedOf, type Planned } from '../../runtime/phase.ts';
import { pretended } from './pretend.ts';

/** What would become of one effect. `held`: wanted, and not now; `late`: too late to be sent. */
export type Action = 'create' | 'edit' | 'release' | 'keep' | 'held' | 'late';

export interface Intended {
  readonly action: Action;
  /** As last wanted: more of it is known in later rounds. Absent: it is released. */
  readonly effect?: ProductEffect;
  readonly entry?: Entry;
  readonly reason?: string;
  readonly message?: string;
}

/** How one object stands while it is planned. */
export interface Standing {
  entries: Record<EffectKey, Entry>;
  readonly intended: Map<EffectKey, Intended>;
  readonly frozen: boolean;
}

/** Judges each wanted effect as the executor would, and notes it as done. True: something is done that was not before. */
export function judgeEffects(
  standing: Standing,
  planned: readonly Planned<ProductEffect>[],
  portOf: (kind: string, integration: string | undefined) => PortLookup,
  now: Instant,
): boolean {
  const released = releasedOf(planned);
  let news = false;
  for (const effect of wantedOf(planned)) {
    const entry = standing.entries[effect.key];
    const reach = portOf(effect.kind, effect.integration);
    const judged = actionOf(effect, entry, standing, reach, now);
    const { action } = judged;
    const before = standing.intended.get(effect.key);
    // What is made by this plan is not edited by it: its words become known.
    const first = before !== undefined && before.action !== 'keep' ? before : judged;
    standing.intended.set(effect.key, { ...first, effect, ...(entry === undefined ? {} : { entry }) });
    if (action !== 'create' && action !== 'edit') continue;
    standing.entries[effect.key] =
      action === 'create' || entry === undefined
        ? pretended(effect, entry, reach.port, now)
        : edited(effect, entry, reach.port);
    news = true;
  }
  for (const key of released) {
    const entry = standing.entries[key];
    if (entry?.state !== 'Done' || standing.intended.has(key)) continue;
    standing.intended.set(key, { action: 'release', entry });
    news = true;
  }
  return news;
}

/** As if the edit had been taken: a former refusal is over, and what was taken over leads to where it should. */
function edited(effect: ProductEffect, entry: Entry, port: Port | undefined): Entry {
  const { facts: before, ...rest } = entry;
  const facts = withRefusal(before, undefined);
  return {
    ...rest,
    ...(effect.place?.in ? { within: effect.place.in } : {}),
    ...(before ? { facts } : {}),
    rev: revOf(effect.desired, port),
  };
}

type Judged = Pick<Intended, 'action' | 'reason' | 'message'>;

function actionOf(
  wanted: ProductEffect,
  entry: Entry | undefined,
  { frozen }: Standing,
  reach: PortLookup,
  now: Instant,
): Judged {
  const step = decide({
    wanted,
    released: false,
    entry,
    port: reach.port,
    missing: reach.port ? { reason: 'Waiting', message: '' } : reach,
    // A secret's part in it is not known here: as if the integration were as it was when it refused.
    epoch: entry?.facts?.['refused']?.split('.')[1] ?? reach.epoch,
    memory: { clear: true, failures: 0 },
    session: '',
    acquiredAt: 0,
    recovering: false,
    frozen,
    now,
    monotonic: 0,
  });
  return actions(step, entry);
}

function actions(step: Step, entry: Entry | undefined): Judged {
  const part = refusedPart(entry);
  switch (step.do) {
    case 'create':
      return { action: 'create' };
    case 'intend':
      return { action: step.ref ? 'edit' : 'create' };
    case 'update':
      return { action: 'edit' };
    case 'release':
      return { action: 'release' };
    case 'wait':
      if (part && step.until !== undefined) return { action: 'held', reason: part.reason, message: part.message };
      // What is done and is only looked at again has a time for it; what has lost its integration has none.
      return entry?.state === 'Done' && step.until !== undefined
        ? { action: 'keep' }
        : { action: 'held', reason: step.reason, message: step.message };
    case 'mark':
      return { action: step.state === 'Expired' ? 'late' : 'keep', reason: step.reason, message: step.message };
    case 'nothing':
    case 'observe':
      return entry === undefined || entry.state === 'Done'
        ? { action: 'keep' }
        : {
            action: entry.state === 'Expired' ? 'late' : 'held',
            reason: entry.reason ?? entry.state,
            message: entry.message ?? '',
          };
  }
}
