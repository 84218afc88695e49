import { levels } from '../../api/levels.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { Aspect, Doc, Offer } from '../../document/doc.ts';

type Offers = NonNullable<Doc['offers']>;

/** While it runs: in the live status. */
export const whileRunning = (incident: Incident): Offers =>
  about(incident, [
    update,
    escalate(incident),
    deescalate(incident),
    close(incident),
    { verb: 'roles', label: 'Roles' },
  ]);

/** In the triage channel, until somebody declares it. */
export const inTriage = (incident: Incident): Offers =>
  about(incident, [
    update,
    offer(incident, 'declare', 'Declare Incident', { state: 'Investigating' }, 'primary'),
    close(incident),
    escalate(incident),
    deescalate(incident),
  ]);

/** In the triage channel once declared: Declare has become the way to the channel, if there is one. */
export const onceDeclared = (incident: Incident, channel?: { readonly name: string; readonly url: string }): Offers =>
  about(incident, [
    update,
    ...(channel === undefined ? [] : [{ label: `Open #${channel.name}`, url: channel.url }]),
    close(incident),
    escalate(incident),
    deescalate(incident),
  ]);

/** After the all clear. A merged record cannot be reopened. */
export const onceResolved = (incident: Incident): Offers =>
  about(
    incident,
    incident.status?.record?.mergedAt === undefined
      ? [offer(incident, 'reopen', 'Reopen', { state: 'Investigating' })]
      : [],
  );

/** Close Incident alone, for an answer that a form must follow. */
export const toClose = (incident: Incident): Offers => about(incident, [close(incident)]);

const about = ({ metadata: { uid, namespace, name } }: Incident, all: readonly Offer[]): Offers => ({
  about: { uid, namespace, name },
  all,
});

const update: Offer = { verb: 'update', label: 'Send Update' };

const close = (incident: Incident): Offer =>
  offer(incident, 'close', 'Close Incident', { state: 'Resolved' }, 'danger');

function escalate(incident: Incident): Offer {
  const level = Math.min(incident.spec.escalation.level + 1, levels.most);
  return {
    ...offer(incident, 'escalate', 'Escalate', { level }),
    confirm: {
      title: 'Escalate?',
      text: `The incident goes to escalation level ${level}.`,
      yes: 'Escalate',
    },
  };
}

/** A step back needs a reason, so a form follows. */
const deescalate = (incident: Incident): Offer =>
  offer(incident, 'deescalate', 'De-escalate', {
    level: Math.max(incident.spec.escalation.level - 1, levels.least),
  });

function offer({ spec }: Incident, verb: string, label: string, to: Aspect, style?: 'primary' | 'danger') {
  const { state, severity, escalation } = spec;
  return {
    verb,
    label,
    to,
    shown: {
      ...(to.state === undefined ? {} : { state }),
      ...(to.severity === undefined ? {} : { severity }),
      ...(to.level === undefined ? {} : { level: escalation.level }),
    },
    ...(style === undefined ? {} : { style }),
  };
}
