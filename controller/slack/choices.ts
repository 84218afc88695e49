import { severities } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import { apiVersion } from '../api/names.ts';
import { choosePolicy, type Policy } from '../incident/policy/policy.ts';
import { byName } from '../timeline/order.ts';
import { type SeverityLabels } from '../document/words.ts';
import { policyOf, type Desk } from './desk.ts';
import type { Choices } from './views/incident.ts';

/** For an incident that is yet to be declared: each severity may fall under another policy. */
export function choicesAt(desk: Desk, namespace: string): Choices & { readonly policy: Policy } {
  const policies = desk.cluster.policies(namespace);
  const of = (severity: Incident['spec']['severity']): Policy =>
    choosePolicy(
      {
        apiVersion,
        kind: 'Incident',
        metadata: { name: '', namespace, uid: '', resourceVersion: '', generation: 0, creationTimestamp: '' },
        spec: {
          title: '',
          severity,
          state: 'Investigating',
          mode: 'Live',
          escalation: { level: 0 },
          deletionPolicy: 'Leave',
        },
      },
      policies,
    );
  const labels: SeverityLabels = Object.fromEntries(
    severities.flatMap((severity) => {
      const found = of(severity).spec.severities?.[severity];
      return found ? [[severity, found] as const] : [];
    }),
  );
  return { labels, channels: [], policy: of('SEV3') };
}

/** For an incident that is there: the channels that its policy tells, and those that updates told before. */
export function choicesOf(desk: Desk, incident: Incident): Choices {
  const policy = policyOf(desk, incident);
  const told = desk.cluster.updates(incident).flatMap(({ spec }) => spec.channels ?? []);
  const channels = [...(policy.spec.notices ?? []).map(({ channel }) => channel), ...told];
  return {
    labels: policy.spec.severities ?? {},
    channels: [...new Set(channels.map((name) => `#${name.replace(/^#/, '')}`))].toSorted(byName),
  };
}
