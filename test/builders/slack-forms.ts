import { declare, readWords } from '../../controller/act/verbs/declare.ts';
import { drill } from '../../controller/act/verbs/drill.ts';
import { duplicate } from '../../controller/act/verbs/duplicate.ts';
import type { Given } from '../../controller/act/inputs.ts';
import { isRead, type Verb } from '../../controller/act/verb.ts';
import { verbNamed, verbs } from '../../controller/act/verbs.ts';
import type { IncidentState, Severity } from '../../controller/api/enums.gen.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { SeverityLabels } from '../../controller/document/words.ts';
import { formOf } from '../../controller/integrations/slack/listen/form.ts';
import type { About, Modal } from '../../controller/integrations/slack/listen/views/parts.ts';
import { aContext, type Surroundings } from './verb-context.ts';

/** What the policies in force say. */
interface Choices {
  readonly labels: SeverityLabels;
  readonly channels: readonly string[];
}

/** Characters that each text input takes, by its field. */
export const most: Readonly<Record<string, number>> = Object.fromEntries(
  verbs.flatMap((verb) =>
    isRead(verb)
      ? []
      : Object.values(verb.inputs).flatMap((input) =>
          input.kind === 'text' ? [[input.field, input.most] as const] : [],
        ),
  ),
);

function form(verb: Verb, around: Surroundings, given: Given, choices?: Choices, channel?: string): Modal {
  const view = formOf(verb, { ...aContext(verb, around), ...choices }, given, channel);
  if (!view) throw new Error(`${verb.name} has no form`);
  return view;
}

/** The form of the verb of that name, about an incident. */
function formAbout(name: string, incident: Incident, given: Given, choices?: Choices, channel?: string): Modal {
  const verb = verbNamed(name);
  if (!verb || isRead(verb)) throw new Error(`${name} has no form`);
  return form(verb, { incident }, given, choices, channel);
}

const saying = (name: string, value: string | undefined): Given => (value === undefined ? {} : { [name]: value });

/** What is sent becomes an Incident in `about`, or takes `triage` out of Triage. */
export function declareModal({
  about: { namespace, channel, drill: isDrill },
  choices,
  said = '',
  triage,
}: {
  about: About;
  choices: Choices;
  said?: string;
  triage?: Incident;
}): Modal {
  return form(isDrill ? drill : declare, { incident: triage, namespace }, readWords(said), choices, channel);
}

export const updateModal = (incident: Incident, choices: Choices, channel?: string, said?: string): Modal =>
  formAbout('update', incident, saying('text', said), choices, channel);
export const closeModal = (incident: Incident, choices: Choices, channel?: string, said?: string): Modal =>
  formAbout('close', incident, saying('summary', said), choices, channel);
export const reopenModal = (incident: Incident, channel?: string): Modal =>
  formAbout('reopen', incident, {}, undefined, channel);
export const severityModal = (incident: Incident, choices: Choices, channel?: string, to?: Severity): Modal =>
  formAbout('severity', incident, saying('severity', to), choices, channel);
export const stateModal = (incident: Incident, channel?: string, to?: IncidentState): Modal =>
  formAbout('state', incident, saying('state', to), undefined, channel);
export const deescalateModal = (incident: Incident, channel?: string): Modal =>
  formAbout('deescalate', incident, {}, undefined, channel);
export const roleModal = (incident: Incident, channel?: string, role?: string, user?: string): Modal =>
  formAbout('role', incident, { ...saying('role', role), ...saying('who', user) }, undefined, channel);

/** `others`: those beside it, as open ones. */
export function duplicateModal(incident: Incident, others: readonly Incident[], channel?: string): Modal {
  const open = others.map((one): Incident => ({ ...one, spec: { ...one.spec, state: 'Investigating' } }));
  return form(duplicate, { incident, others: open }, {}, undefined, channel);
}
