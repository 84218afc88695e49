import { severities, type ChangeSource, type Severity } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import { choosePolicy, type Policy } from '../incident/policy/policy.ts';
import { byName } from '../timeline/order.ts';
import { type SeverityLabels } from '../document/words.ts';
import type { Clock } from '../runtime/clock.ts';
import { policyOf, yetToCome, type Served } from './incidents.ts';
import { shownOf, type Shown } from './shown.ts';
import type { Store } from './store.ts';
import type { VerbContext } from './verb-context.ts';
import type { AnyVerb } from './verb.ts';

/** One way in, for as long as it is open. */
export interface WayIn extends Served {
  readonly source: ChangeSource;
  readonly command: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly cluster: Served['cluster'] & Pick<Store, 'updates'>;
  /** Where what is declared here goes. */
  readonly home: string;
  /** The last line of help. */
  readonly helpNote: string;
  readonly mentioned: (words: string) => string | undefined;
}

/** What a verb is asked about. */
export interface Subject {
  readonly incident?: Incident | undefined;
  /** How the incident stood when the person looked at it; absent: as it is cached. */
  readonly shown?: Shown | undefined;
  readonly key?: string | undefined;
  /** Where a new incident goes; absent: to the home of the way in. */
  readonly namespace?: string | undefined;
}

export function contextOf(
  way: WayIn,
  verb: Pick<AnyVerb, 'on'>,
  { incident, shown, key, namespace: place = way.home }: Subject,
): VerbContext {
  const { command, source, clock, mentioned, cluster, helpNote } = way;
  const updates = incident ? cluster.updates(incident) : [];
  const policy = incident ? policyOf(way, incident) : policyFor(way, place, 'SEV3');
  const namespace = incident?.metadata.namespace ?? place;
  return {
    command,
    source,
    now: clock.now(),
    namespace,
    updates,
    policy,
    labels: verb.on === 'incident' ? (policy.spec.severities ?? {}) : labelsFor(way, namespace),
    channels: incident ? channelsOf(policy, updates) : [],
    served: way,
    helpNote,
    mentioned,
    ...(key === undefined ? {} : { key }),
    ...(incident ? { incident, seen: shown ?? shownOf(incident) } : {}),
  };
}

/** Those that the policy tells, and those that updates told before. */
function channelsOf({ spec }: Policy, updates: VerbContext['updates']): string[] {
  const told = updates.flatMap((update) => update.spec.channels ?? []);
  const channels = [...(spec.notices ?? []).map(({ channel }) => channel), ...told];
  return [...new Set(channels.map((name) => `#${name.replace(/^#/, '')}`))].toSorted(byName);
}

/** For an incident that is yet to be declared. */
const policyFor = ({ cluster }: Served, namespace: string, severity: Severity): Policy =>
  choosePolicy(yetToCome(namespace, { title: '', severity, mode: 'Live' }), cluster.policies(namespace));

/** For an incident that is yet to be declared: each severity may fall under another policy. */
const labelsFor = (served: Served, namespace: string): SeverityLabels =>
  Object.fromEntries(
    severities.flatMap((severity) => {
      const found = policyFor(served, namespace, severity).spec.severities?.[severity];
      return found ? [[severity, found] as const] : [];
    }),
  );
