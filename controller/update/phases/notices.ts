import type { Choice } from '../../capabilities/reach.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { parseDuration } from '../../incident/policy/policy.ts';
import { writtenAt } from '../../timeline/order.ts';
import { isOfTriage, occasion } from '../../timeline/entries.ts';
import { notSupported, priorityOf } from '../../incident/scope.ts';
import { minutes, seconds, type Duration } from '../../runtime/clock.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { notice } from '../render/notice.ts';
import type { UpdateScope } from '../scope.ts';

/** Tells the stakeholder channels that the policy names for such news, and those that the update itself names. */
export const notices: Phase<UpdateScope, ProductEffect> = {
  condition: 'NoticesSent',
  plan(scope) {
    const { update, about, silent } = scope;
    if (silent) return { skip: silent };
    const keepPrefix = 'notice/';
    if (scope.early) return { wait: scope.early, keepPrefix };
    if (!about)
      return { wait: { reason: 'WaitingForNumber', message: 'A notice names the incident’s number.' }, keepPrefix };
    if (update.spec.audience === 'Responders')
      return { skip: { reason: 'ForResponders', message: 'Only responders are told, in the channel.' } };
    const { targets, off, held } = targetsOf(scope);
    const nobody = targets.length === 0 && held === undefined;
    if (nobody && isOfTriage(update, scope.siblings))
      return { skip: { reason: 'Triage', message: 'Nobody outside is told of an alert that nobody has declared.' } };
    if (nobody && off[0]) return { skip: { ...off[0], message: off.map(({ message }) => message).join(' ') } };
    if (nobody)
      return { skip: { reason: 'NobodyToTell', message: 'No notice of the policy is for this kind of update.' } };
    // By another API server's clock it may have been written in the future.
    const linkWaitLeft = Math.min(linkWait, writtenAt(update) + linkWait - scope.now);
    if (about.incident.status?.effects?.['channel']?.state === 'Pending' && linkWaitLeft > 0)
      return {
        wait: { reason: 'WaitingForChannel', message: 'For ten seconds a notice waits for the channel’s link.' },
        after: linkWaitLeft,
        keepPrefix,
      };
    const { id: _, name, url } = about.incident.status?.channel ?? {};
    const ticket = about.incident.status?.tickets?.find((each) => each.url !== '')?.url;
    const desired = notice(update, {
      incident: about.incident,
      named: about.named,
      updates: scope.siblings,
      severities: scope.policy.spec.severities ?? {},
      ...(name !== undefined && url !== undefined ? { channel: { name, url } } : {}),
      ...(ticket === undefined ? {} : { ticket }),
    });
    return {
      effects: targets.map(({ integration, channel, notAfter }) => ({
        key: `${keepPrefix}${integration}/${channel}`,
        kind: 'message',
        integration,
        place: { in: { channelName: `#${channel}` } },
        desired,
        final: true,
        notAfter: writtenAt(update) + notAfter,
        priority: priorityOf(about.incident),
      })),
      without: off.map(({ message }) => message),
      ...(held ? { held } : {}),
    };
  },
};

interface Target {
  readonly integration: string;
  /** Without `#`. */
  readonly channel: string;
  readonly notAfter: Duration;
}

/** A wish, not a need: a notice goes without the link rather than late. */
const linkWait = seconds(10);

/** Late news is no news: 15 minutes unless the policy says otherwise. */
const defaultNotAfter = minutes(15);

interface Targets {
  readonly targets: readonly Target[];
  /** Why some are left off, each reason once. */
  readonly off: readonly Reason[];
  /** A person has to say which Integration tells the rest. */
  readonly held?: Reason;
}

/** One channel to be told. */
interface Asked {
  readonly named: string | undefined;
  readonly channel: string;
  readonly notAfter: Duration;
  /** Of the policy, where an Integration can be named. */
  readonly field?: string;
}

function targetsOf(scope: UpdateScope): Targets {
  const { update, siblings, policy } = scope;
  const event = occasion(update, siblings);
  const stated = (policy.spec.notices ?? [])
    .filter(({ events }) => event !== undefined && events.includes(event))
    .map(({ integrationRef, channel, notAfter }): Asked => ({
      named: integrationRef?.name,
      channel: bare(channel),
      notAfter: parseDuration(notAfter),
      field: 'spec.notices[].integrationRef',
    }));
  const own = (update.spec.channels ?? []).map((channel): Asked => ({
    named: undefined,
    channel: bare(channel),
    notAfter: defaultNotAfter,
  }));
  const asked = [...stated, ...own];
  const targets = new Map<string, Target>();
  const off = new Map<string, Reason>();
  let held: Reason | undefined;
  for (const each of asked) {
    const { channel, notAfter } = each;
    const choice = senderOf(scope, each, asked);
    if ('none' in choice) off.set(choice.none.message, choice.none);
    else if ('ambiguous' in choice) held ??= choice.ambiguous;
    else if (!targets.has(`${choice.name}/${channel}`))
      targets.set(`${choice.name}/${channel}`, { integration: choice.name, channel, notAfter });
  }
  return { targets: [...targets.values()], off: [...off.values()], ...(held ? { held } : {}) };
}

const bare = (channel: string): string => channel.replace(/^#/, '');

/** One that is named and out of reach is kept: the notice waits for it, says so, and expires. */
function senderOf({ reach, entries }: UpdateScope, { named, channel, field }: Asked, all: readonly Asked[]): Choice {
  if (named !== undefined) {
    const lack = reach.lacks(named, 'message');
    return lack === undefined ? { name: named } : { none: notSupported(lack) };
  }
  // What was sent by one Integration is not sent again by another that is chosen today.
  const recorded = Object.entries(entries).find(
    ([key, { integration }]) =>
      integration !== undefined &&
      key === `notice/${integration}/${channel}` &&
      !all.some((other) => other.named === integration && other.channel === channel),
  );
  return recorded?.[1].integration === undefined
    ? reach.choose('message', undefined, field)
    : { name: recorded[1].integration };
}
