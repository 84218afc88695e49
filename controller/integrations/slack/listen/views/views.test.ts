import { describe, expect, test } from 'vitest';
import { hostile, hostileText, random } from '../../../../../test/builders/hostile.ts';
import { anIncident } from '../../../../../test/builders/incident.ts';
import {
  closeModal,
  declareModal,
  deescalateModal,
  duplicateModal,
  most,
  reopenModal,
  roleModal,
  severityModal,
  stateModal,
  updateModal,
} from '../../../../../test/builders/slack-forms.ts';
import { liveIn } from '../../../../../test/builders/slack-limits.ts';
import { viewError } from '../../../../../test/emulators/slack/block-kit.ts';
import { shownOf, textsOf } from '../../../../act/shown.ts';
import type { Incident } from '../../../../api/incident.gen.ts';
import { readCrds, type Schema } from '../../../../api/schema.ts';
import type { Block } from '../../blocks.ts';
import { object } from '../../parse.ts';
import { homeView } from './home.ts';
import { createdNote, creatingNote } from './notes.ts';
import { inputId, readAbout, readInputs, type HomeView, type Modal } from './parts.ts';

const labels = { SEV1: { label: 'Critical' }, SEV2: { label: 'High' } };
const choices = { labels, channels: ['#stakeholders', '#support'] };

/** Text objects that Slack parses, at any depth. */
function parsedTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(parsedTexts);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(parsedTexts)];
}

function faultsOf(view: Modal | HomeView): unknown[] {
  const error = viewError(JSON.parse(JSON.stringify(view)));
  return [...(error ? [error] : []), ...parsedTexts(view).flatMap(liveIn)];
}

/** Every view, with the same words wherever people's words go. */
function allWith(words: string): (Modal | HomeView)[] {
  const line = words.replaceAll(/\s+/g, ' ').slice(0, 150);
  const incident: Incident = anIncident({
    metadata: { name: 'a'.repeat(200) },
    spec: {
      title: line,
      description: words.slice(0, 8_000),
      state: 'Resolved',
      escalation: { level: 9 },
      roles: Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`${n}${line}`.slice(0, 40), line.slice(0, 200) || 'x']),
      ),
      resolution: { summary: words.slice(0, 3_000) || 'x' },
      change: { id: 'x', source: 'Slack', by: line.slice(0, 200) || 'x' },
    },
    status: {
      id: 'INC-00001',
      channel: { id: 'C1', name: 'inc-00001', url: 'https://x.slack.com/archives/C1' },
    },
  });
  const many = Array.from({ length: 120 }, (_, n) => ({
    ...incident,
    metadata: { ...incident.metadata, name: `${n}-${'a'.repeat(240)}`, uid: String(n) },
  }));
  const wide = { labels, channels: Array.from({ length: 120 }, (_, n) => `#${'c'.repeat(70)}${n}`) };
  const about = { namespace: 'n'.repeat(63), channel: 'C024BE91L' };
  return [
    declareModal({ about, choices, said: words }),
    declareModal({ about: { ...about, drill: true }, choices }),
    declareModal({ about: { ...about, name: 'x', uid: 'y', shown: shownOf(incident) }, choices, triage: incident }),
    creatingNote(line),
    createdNote('INC-00001', { name: 'inc-00001', url: 'https://x.slack.com/archives/C1' }),
    updateModal(incident, wide, 'C1', words),
    closeModal(incident, wide, 'C1', words),
    reopenModal(incident, 'C1'),
    severityModal(incident, choices, 'C1', 'SEV3'),
    stateModal(incident, 'C1'),
    deescalateModal(incident, 'C1'),
    roleModal(incident, 'C1', line.slice(0, 40) || 'x', 'U1'),
    duplicateModal(incident, many, 'C1'),
    homeView(many, () => ({ spec: { severities: labels } }), { command: '/incident', connected: false }),
    homeView([], () => ({ spec: {} }), { command: '/incident', connected: true }),
  ];
}

describe('views', () => {
  test.each(Object.entries(hostile))('with %s fit Slack’s limits, and nothing in them is live', (_, words) => {
    expect(allWith(words).flatMap(faultsOf)).toEqual([]);
  });

  test('fuzz: 200 texts made of markup', () => {
    const next = random(5);
    for (let n = 0; n < 200; n++) expect(allWith(hostileText(next)).flatMap(faultsOf)).toEqual([]);
  });

  test('Declare Incident: summary prefilled, the organisation’s words for severities', () => {
    const view = declareModal({ about: { namespace: 'prod' }, choices, said: 'Mobile app login errors' });
    expect(inputs(view)).toEqual(['spec.title', 'spec.severity', 'spec.description']);
    const [title, severity, description] = view.blocks;
    expect(title?.['element']).toMatchObject({ initial_value: 'Mobile app login errors', max_length: 150 });
    expect(JSON.stringify(severity)).toContain('SEV1 (Critical)');
    expect(description?.['element']).not.toHaveProperty('initial_value');
    expect(view).toMatchObject({ submit: { text: 'Create' }, close: { text: 'Cancel' }, callback_id: 'ac.declare' });
  });

  test('a longer text becomes the description, and is said to be cut where it is', () => {
    const short = declareModal({ about: { namespace: 'prod' }, choices, said: 'One line\nand another' });
    expect(short.blocks[0]?.['element']).toMatchObject({ initial_value: 'One line and another' });
    expect(short.blocks[2]?.['element']).toMatchObject({ initial_value: 'One line\nand another' });
    const long = declareModal({ about: { namespace: 'prod' }, choices, said: 'word '.repeat(8_000) });
    expect(long.blocks[2]?.['hint']).toMatchObject({
      text: expect.stringMatching(
        /^Shown are the first \d+ of 39999 characters\. What is missing stands in the answer/,
      ),
    });
    expect(long.blocks[0]?.['hint']).toMatchObject({
      text: expect.stringContaining('All of it is the long description'),
    });
    for (const view of [
      updateModal(anIncident(), choices, 'C1', 'x'.repeat(4_000)),
      closeModal(anIncident(), choices, 'C1', 'x'.repeat(4_000)),
    ])
      expect(view.blocks[0]?.['hint']).toMatchObject({
        text: expect.stringContaining('Shown are the first 2999 of 4000'),
      });
  });

  test('an alert’s texts: a title of 100 emoji whole, a long description cut and said to be', () => {
    const [title, description] = ['🔥'.repeat(100), 'x'.repeat(7_139)];
    const triage = anIncident({ spec: { state: 'Triage', title, description } });
    const { namespace, name, uid } = triage.metadata;
    const view = declareModal({ about: { namespace, name, uid, shown: shownOf(triage) }, choices, triage });
    // Slack counts 200: the input must take them.
    expect(view.blocks[0]?.['element']).toMatchObject({ initial_value: title, max_length: 300 });
    expect(view.blocks[0]).not.toHaveProperty('hint');
    expect(view.blocks[2]?.['hint']).toMatchObject({
      text: 'Shown are the first 2999 of 7139 characters. Left as it is, all of it stays; edited, what you write replaces all of it.',
    });
    expect(readAbout(view.private_metadata)?.shown?.texts).toEqual(textsOf(triage));
    expect(view.private_metadata.length).toBeLessThan(1_000);
    expect(faultsOf(view)).toEqual([]);
  });

  test('an input takes as much as the CRD does at the path that is its id, or Slack’s most', () => {
    const crds = readCrds();
    const bound = (path: string): number | undefined =>
      crds
        .filter(({ kind }) => kind === 'Incident' || kind === 'IncidentUpdate')
        .map(({ schema }) => path.split('.').reduce<Schema | undefined>((at, part) => at?.properties?.[part], schema))
        .find((found) => found !== undefined)?.maxLength;
    const inputsOfAll = allWith('x')
      .flatMap(({ blocks }) => blocks)
      .filter((block) => typeOf(block) === 'plain_text_input' && !String(block['block_id']).endsWith('.others'));
    expect(new Set(inputsOfAll.map((block) => block['block_id']))).toEqual(new Set(Object.keys(most)));
    for (const block of inputsOfAll)
      expect([block['block_id'], object(block['element'])['max_length']]).toEqual([
        block['block_id'],
        Math.min(bound(String(block['block_id'])) ?? 0, 3_000),
      ]);
    for (const [field, characters] of Object.entries(most)) expect([field, bound(field)]).toEqual([field, characters]);
  });

  test.each([' ', '\u200B', '\uFEFF', '\u202E', '\u3164'])(
    'a role named %j is left out and told of; the form works',
    (name) => {
      const held = anIncident({ spec: { roles: { [name]: 'ana@example.com', ops: 'bo@example.com' } } });
      const view = roleModal(held, 'C1');
      expect(faultsOf(view)).toEqual([]);
      const options = JSON.stringify(view.blocks.find((block) => block['block_id'] === 'role'));
      expect(options).toContain('"ops"');
      expect(options).not.toContain('(blank)');
      expect(JSON.stringify(view.blocks)).toContain('A role whose name is blank cannot be chosen here and stays');
      expect(readAbout(view.private_metadata)?.shown?.roles).toEqual(held.spec.roles);
    },
  );

  test('all 20 roles of an incident can be chosen, beside the well-known ones', () => {
    const roles = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`role-${n}`, 'x']));
    const options = JSON.stringify(roleModal(anIncident({ spec: { roles } }), 'C1').blocks);
    for (const name of [...Object.keys(roles), 'commander', 'scribe', 'comms']) expect(options).toContain(`"${name}"`);
  });

  test('without a policy there are no channels to choose from, and SEV1 is SEV1', () => {
    const view = updateModal(anIncident(), { labels: {}, channels: [] });
    expect(inputs(view)).toEqual(['spec.text', 'spec.audience', 'spec.channels.others', 'spec.nextDueAt']);
    expect(
      JSON.stringify(declareModal({ about: { namespace: 'n' }, choices: { labels: {}, channels: [] } })),
    ).toContain('"SEV1"');
  });

  test('closing what is in triage asks why it is no incident', () => {
    expect(JSON.stringify(closeModal(anIncident({ spec: { state: 'Triage' } }), choices))).toContain(
      'Why is it no incident',
    );
  });
});

describe('what a modal carries', () => {
  test('comes back as it was', () => {
    const incident = anIncident({ spec: { roles: { commander: 'zoe@streamo.example' } } });
    const { namespace, name, uid } = incident.metadata;
    expect(readAbout(roleModal(incident, 'C1').private_metadata)).toEqual({
      namespace,
      name,
      uid,
      channel: 'C1',
      shown: { ...shownOf(incident), roles: { commander: 'zoe@streamo.example' } },
    });
    expect(readAbout(roleModal(anIncident(), 'C1').private_metadata)?.shown?.roles).toEqual({});
    expect(readAbout(closeModal(anIncident(), choices).private_metadata)?.shown).toEqual(shownOf(anIncident()));
  });

  test.each(['', 'x', '[]', '{}', 'null', '{"namespace":7}'])('is not taken from %s', (text) => {
    expect(readAbout(text)).toBeUndefined();
  });

  test('inputs of every kind, trimmed; nothing chosen is absent', () => {
    expect(
      readInputs(
        state({
          text: { type: 'plain_text_input', value: '  said \n' },
          blank: { type: 'plain_text_input', value: '   ' },
          untouched: { type: 'plain_text_input', value: null },
          one: { type: 'static_select', selected_option: { value: 'SEV1' } },
          none: { type: 'static_select', selected_option: null },
          user: { type: 'users_select', selected_user: 'U1' },
          several: { type: 'multi_static_select', selected_options: [{ value: '#a' }, { value: '#b' }] },
          unknown: { type: 'datepicker', selected_date: '2026-01-01' },
        }),
      ),
    ).toEqual({ text: 'said', one: 'SEV1', user: 'U1', several: ['#a', '#b'] });
    expect(readInputs(undefined)).toEqual({});
  });
});

const typeOf = (block: Block): unknown => object(block['element'])['type'];

const state = (values: Record<string, object>): object => ({
  state: { values: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { [inputId]: value }])) },
});

const inputs = ({ blocks }: { blocks: readonly Block[] }): unknown[] =>
  blocks.filter(({ type }) => type === 'input').map((block) => block['block_id']);
