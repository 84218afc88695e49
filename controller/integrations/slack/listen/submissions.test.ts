import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../../test/builders/incident.ts';
import {
  declareModal,
  duplicateModal,
  roleModal,
  severityModal,
  stateModal,
} from '../../../../test/builders/slack-forms.ts';
import { aHandler } from '../../../../test/builders/slack-handler.ts';
import { viewError } from '../../../../test/emulators/slack/block-kit.ts';
import { Overtaken, type Wish } from '../../../act/act.ts';
import { Declined } from '../../../act/declined.ts';
import { shownOf } from '../../../act/shown.ts';
import { object, objects } from '../parse.ts';
import { readSubmission, submit } from './submissions.ts';
import { inputId, type Modal } from './views/parts.ts';

const choices = { labels: {}, channels: [] };
const title = '🔥'.repeat(100);
const description = `${'Several words about what is wrong.\n'.repeat(203)}The last of 7,138 characters: 👩🏽‍🚒`;
const triage = anIncident({ spec: { state: 'Triage', title, description, severity: 'SEV2' } });

type Inputs = Readonly<Record<string, string | null>>;

/** The view as Slack sends it: each input as it was filled, but for what the person typed or chose. */
function sent(view: Modal, typed: Inputs = {}, echo = true): Readonly<Record<string, unknown>> {
  const values = objects(JSON.parse(JSON.stringify(view.blocks)))
    .filter((block) => block['type'] === 'input')
    .map((block) => {
      const id = String(block['block_id']);
      const element = object(block['element']);
      const given = typed[id];
      const option = given === undefined ? element['initial_option'] : given === null ? null : { value: given };
      const state = {
        type: element['type'],
        value: given === undefined ? (element['initial_value'] ?? null) : given,
        selected_option: option ?? null,
        selected_user: given === undefined ? (element['initial_user'] ?? null) : given,
      };
      return [id, { [inputId]: state }];
    });
  const without = (key: string, value: unknown): unknown => (!echo && key === 'initial_value' ? undefined : value);
  const blocks = objects(JSON.parse(JSON.stringify(view.blocks), without));
  return {
    team: { id: 'T1' },
    user: { id: 'U1' },
    view: { ...view, blocks, id: 'V1', root_view_id: 'V1', state: { values: Object.fromEntries(values) } },
  };
}

const declareForm = (of = triage): Modal => {
  const { namespace, name, uid } = of.metadata;
  return declareModal({ about: { namespace, name, uid, shown: shownOf(of) }, choices, triage: of });
};

/** What is asked of the incident `now` by the form, with these inputs changed in it. */
async function wished(view: Modal, typed: Inputs = {}, now = triage, echo = true): Promise<Wish> {
  const { handler, acts } = aHandler([now]);
  await submit(handler, readSubmission(sent(view, typed, echo)));
  expect(acts).toHaveLength(1);
  return acts[0]?.wish ?? {};
}
const refusal = async (view: Modal, typed: Inputs = {}, now = triage): Promise<unknown> => {
  const { handler, acts } = aHandler([now]);
  const failure = await submit(handler, readSubmission(sent(view, typed))).catch((error: unknown) => error);
  expect(acts).toEqual([]);
  return failure;
};
const taken = { state: 'Investigating', roles: { reporter: 'ana@example.com' } };
const colons = (text: string): string =>
  text.replaceAll('🔥', ':fire:').replaceAll('👩🏽‍🚒', ':female-firefighter::skin-tone-4:');

describe('Declare writes what the form changed, and nothing else', () => {
  test('nothing edited', async () => {
    expect(await wished(declareForm())).toEqual(taken);
    expect(await wished(declareForm(), {}, triage, false)).toEqual(taken);
  });

  test('nothing edited, and Slack writes it another way', async () => {
    expect(await wished(declareForm(), { 'spec.title': colons(title) })).toEqual(taken);
    const short = anIncident({ spec: { state: 'Triage', title: 'a & b < 🔥', description: 'one\ntwo 👩🏽‍🚒\n' } });
    const slacks = { 'spec.title': 'a &amp; b &lt; :fire:', 'spec.description': colons('one\r\ntwo 👩🏽‍🚒') };
    expect(await wished(declareForm(short), slacks, short)).toEqual(taken);
  });

  test('each field alone', async () => {
    expect(await wished(declareForm(), { 'spec.title': 'Login down' })).toEqual({ ...taken, title: 'Login down' });
    expect(await wished(declareForm(), { 'spec.severity': 'SEV1' })).toEqual({ ...taken, severity: 'SEV1' });
    expect(await wished(declareForm(), { 'spec.description': 'All of it.' })).toEqual({
      ...taken,
      description: 'All of it.',
    });
    expect(await wished(declareForm(), { 'spec.description': null })).toEqual({ ...taken, description: null });
  });

  test('what others changed while the form was open stays, unless it was edited here too', async () => {
    const now = anIncident({
      spec: {
        ...triage.spec,
        title: 'By bo',
        description: 'By bo',
        severity: 'SEV1',
        change: { id: 'x', source: 'Slack', by: 'bo' },
      },
    });
    expect(await wished(declareForm(), {}, now)).toEqual(taken);
    expect(await wished(declareForm(), { 'spec.severity': 'SEV3' }, now)).toEqual({ ...taken, severity: 'SEV3' });
    for (const field of ['spec.title', 'spec.description']) {
      const failure = await refusal(declareForm(), { [field]: 'By ana' }, now);
      expect(failure).toBeInstanceOf(Overtaken);
      expect(failure).toMatchObject({ field, now });
    }
    // Both wrote the same.
    expect(await wished(declareForm(), { 'spec.title': 'By bo' }, now)).toEqual({ ...taken, title: 'By bo' });
    // Without Slack's word for how it was filled, nothing is lost either.
    const { handler, acts } = aHandler([now]);
    await expect(submit(handler, readSubmission(sent(declareForm(), {}, false)))).rejects.toBeInstanceOf(Overtaken);
    expect(acts).toEqual([]);
  });

  test('a form of the version before, without hashes', async () => {
    const { private_metadata: metadata, ...form } = declareForm();
    const about = object(JSON.parse(metadata));
    const { texts, ...shown } = object(about['shown']);
    expect(texts).toBeDefined();
    const old = { ...form, private_metadata: JSON.stringify({ ...about, shown }) };
    expect(await wished(old)).toEqual(taken);
    expect(await wished(old, { 'spec.title': 'Login down' })).toEqual({ ...taken, title: 'Login down' });
  });

  test('a title of which nothing is seen fills nothing, and is kept unless another is written', async () => {
    const blank = anIncident({ spec: { state: 'Triage', title: '\u200B\u200B', description: '\uFEFF' } });
    const [summary, , long] = declareForm(blank).blocks;
    expect(summary?.['element']).not.toHaveProperty('initial_value');
    expect(long?.['element']).not.toHaveProperty('initial_value');
    expect(await wished(declareForm(blank), {}, blank)).toEqual(taken);
    expect(await wished(declareForm(blank), { 'spec.title': 'Login down' }, blank)).toEqual({
      ...taken,
      title: 'Login down',
    });
  });

  test('more characters than the API server takes: said at the field', async () => {
    const failure = await refusal(declareForm(), { 'spec.title': '🔥'.repeat(151) });
    expect(failure).toBeInstanceOf(Declined);
    expect(failure).toMatchObject({
      field: 'spec.title',
      message: expect.stringContaining('At most 150 characters, and these are 151'),
    });
  });
});

describe('the other forms, sent as they were opened', () => {
  const open = anIncident({
    spec: { state: 'Identified', severity: 'SEV2', roles: { commander: 'bo@example.com', ' ': 'x' } },
  });

  test('Roles frees nobody’s role unless asked', async () => {
    expect(await refusal(roleModal(open), {}, open)).toMatchObject({ field: 'spec.roles' });
    expect(await wished(roleModal(open), { 'role.free': 'free' }, open)).toEqual({ roles: { commander: null } });
    expect(await wished(roleModal(open), { 'spec.roles': 'U1' }, open)).toEqual({
      roles: { commander: 'ana@example.com' },
    });
    expect(await refusal(roleModal(open), { 'role.free': 'free', 'spec.roles': 'U1' }, open)).toMatchObject({
      field: 'role.free',
    });
  });

  test('Roles writes nobody’s address another way', async () => {
    const held = anIncident({ spec: { state: 'Identified', roles: { commander: 'Ana@Example.com' } } });
    expect(await wished(roleModal(held), { 'spec.roles': 'U1' }, held)).toEqual({
      roles: { commander: 'Ana@Example.com' },
    });
  });

  test('Duplicate finds the other by its uid, and by its name in a form of the version before', async () => {
    const name = 'n'.repeat(253);
    const other = anIncident({ metadata: { name, uid: 'other-uid' }, status: { id: 'INC-00002' } });
    const view = duplicateModal(open, [other]);
    expect(viewError(JSON.parse(JSON.stringify(view)))).toBeUndefined();
    for (const value of ['other-uid', name]) {
      const { handler, acts } = aHandler([open, other]);
      await submit(handler, readSubmission(sent(view, { 'spec.duplicateOf.name': value })));
      expect(acts.map(({ wish }) => wish.duplicateOf)).toEqual([{ name }]);
    }
    expect(await refusal(view, { 'spec.duplicateOf.name': 'gone' }, open)).toMatchObject({
      field: 'spec.duplicateOf.name',
    });
  });

  test('Severity and State say that it is so already, and keep the reason that was typed', async () => {
    const why = { 'spec.change.reason': 'Because.' };
    expect(await refusal(severityModal(open, choices), why, open)).toMatchObject({ field: 'spec.severity' });
    expect(await refusal(stateModal(open), why, open)).toMatchObject({ field: 'spec.state' });
    expect(await wished(stateModal(open, 'C1', 'Investigating'), why, open)).toEqual({ state: 'Investigating' });
  });
});
