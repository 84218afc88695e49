import type { ProductEffect } from '../../integrations/capabilities.ts';
import { parseDuration } from '../../incident/policy/policy.ts';
import { isOfTriage, occasion, writtenAt } from '../../incident/render/words.ts';
import { priorityOf } from '../../incident/scope.ts';
import { minutes, seconds, type Duration } from '../../runtime/clock.ts';
import type { Phase } from '../../runtime/phase.ts';
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
    const targets = targetsOf(scope);
    if (targets.length === 0 && isOfTriage(update, scope.siblings))
      return { skip: { reason: 'Triage', message: 'Nobody outside is told of an alert that nobody has declared.' } };
    if (targets.length === 0)
      return { skip: { reason: 'NobodyToTell', message: 'No notice of the policy is for this kind of update.' } };
    // By another API server's clock it may have been written in the future.
    const patience = Math.min(linkWait, writtenAt(update) + linkWait - scope.now);
    if (about.incident.status?.effects?.['channel']?.state === 'Pending' && patience > 0)
      return {
        wait: { reason: 'WaitingForChannel', message: 'For ten seconds a notice waits for the channel’s link.' },
        after: patience,
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
        within: { channelName: `#${channel}` },
        desired,
        final: true,
        notAfter: writtenAt(update) + notAfter,
        priority: priorityOf(about.incident),
      })),
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

function targetsOf({ update, siblings, policy, reach }: UpdateScope): Target[] {
  const event = occasion(update, siblings);
  const stated = (policy.spec.notices ?? [])
    .filter(({ events }) => event !== undefined && events.includes(event))
    .map(({ integrationRef, channel, notAfter }) => ({
      named: integrationRef?.name,
      channel,
      notAfter: parseDuration(notAfter),
    }));
  const own = (update.spec.channels ?? []).map((channel) => ({ named: undefined, channel, notAfter: defaultNotAfter }));
  const targets = new Map<string, Target>();
  for (const { named, channel, notAfter } of [...stated, ...own]) {
    const found = reach.find('message', named);
    if ('off' in found) continue;
    const bare = channel.replace(/^#/, '');
    const key = `${found.name}/${bare}`;
    if (!targets.has(key)) targets.set(key, { integration: found.name, channel: bare, notAfter });
  }
  return [...targets.values()];
}
