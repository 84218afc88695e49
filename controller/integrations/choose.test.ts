import { describe, expect, it } from 'vitest';
import type { Integration, IntegrationSpec } from '../api/integration.gen.ts';
import type { Choice } from '../capabilities/reach.ts';
import { choose, inReach, type Candidate } from './choose.ts';
import { nounsOf } from './nouns.ts';
import { reachIn } from './reach.ts';

const one = (name: string, parts: Partial<Candidate> = {}): Candidate => ({
  name,
  isDefault: false,
  isOwn: true,
  ...parts,
});

const inWords = (choice: Choice): string => {
  if ('name' in choice) return choice.name;
  return 'none' in choice ? choice.none.reason : `${choice.ambiguous.reason}: ${choice.candidates.join(', ')}`;
};

const message = (candidates: Candidate[], field?: string): string => {
  const choice = choose('message', candidates, undefined, field);
  return 'ambiguous' in choice ? choice.ambiguous.message : '';
};

describe('who is chosen', () => {
  const isDefault = true;
  const isOwn = false;
  const cases: [what: string, candidates: Candidate[], named: string | undefined, chosen: string][] = [
    ['nobody', [], undefined, 'NotConfigured'],
    ['the only one', [one('a')], undefined, 'a'],
    ['the only one that can', [one('a', { lack: 'No.' }), one('b')], undefined, 'b'],
    ['nobody, where none can', [one('a', { lack: 'No.' })], undefined, 'NotConfigured'],
    ['the named one', [one('a', { isDefault }), one('b')], 'b', 'b'],
    ['no other than the named one', [one('a')], 'b', 'NotConfigured'],
    ['not the named one if it cannot', [one('a'), one('b', { lack: 'No.' })], 'b', 'NotSupported'],
    ['neither of two', [one('b'), one('a')], undefined, 'Ambiguous: a, b'],
    ['neither of two, one of which is shared', [one('a'), one('b', { isOwn })], undefined, 'Ambiguous: a, b'],
    ['the default', [one('a'), one('b', { isDefault })], undefined, 'b'],
    ['the default, though it is shared', [one('a'), one('b', { isDefault, isOwn })], undefined, 'b'],
    ['no default that cannot', [one('a', { isDefault, lack: 'No.' }), one('b')], undefined, 'b'],
    ['neither of two defaults', [one('a', { isDefault }), one('b', { isDefault })], undefined, 'Ambiguous: a, b'],
    ['the own default', [one('a', { isDefault, isOwn }), one('b', { isDefault })], undefined, 'b'],
    [
      'neither of two own defaults',
      [one('a', { isDefault }), one('b', { isDefault }), one('c', { isDefault, isOwn })],
      undefined,
      'Ambiguous: a, b, c',
    ],
    [
      'neither of two shared defaults',
      [one('a', { isDefault, isOwn }), one('b', { isDefault, isOwn })],
      undefined,
      'Ambiguous: a, b',
    ],
  ];

  it.each(cases)('%s', (_, candidates, named, chosen) => {
    expect(inWords(choose('ticket', candidates, named, 'spec.tickets'))).toBe(chosen);
  });

  it('says what to do where that is not clear', () => {
    expect(message([one('a'), one('b'), one('c')], 'spec.triage.integrationRef')).toBe(
      'Integrations a, b and c do messages, and nothing says which to use. Name one in spec.triage.integrationRef of the ResponsePolicy, or set spec.default: true in one of them.',
    );
    expect(message([one('a', { isDefault }), one('b', { isDefault })])).toBe(
      'Integrations a and b do messages, and several of them have spec.default. Set spec.default: true in only one of them.',
    );
  });
});

const github = { provider: { github: { apiUrl: 'https://api.github.com', owner: 'o', repo: 'r' } } };
const slack = { provider: { slack: { apiUrl: 'https://slack.com/api/', mode: 'Socket' as const } } };

const anIntegration = (name: string, spec: Partial<IntegrationSpec>, namespace = 'n'): Integration => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'Integration',
  metadata: { namespace, name, uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '' },
  spec: { secretRef: { name }, allowedNamespaces: { from: 'Same' }, ...spec },
});

const reachOf = (...integrations: Integration[]) =>
  reachIn(
    {
      inReach: () => integrations,
      lost: () => undefined,
      lacks: () => undefined,
      interactive: () => false,
      link: () => undefined,
    },
    'n',
  );

describe('what is in reach', () => {
  const from = { allowedNamespaces: { from: 'All' as const } };
  const all = [
    anIntegration('z', slack),
    anIntegration('own', slack),
    anIntegration('own', { ...github, ...from }, 'release'),
    anIntegration('shared', { ...github, ...from }, 'release'),
    anIntegration('private', github, 'release'),
    anIntegration('foreign', { ...github, ...from }, 'elsewhere'),
  ];

  it('is the namespace’s own and what the release namespace shares, each name once', () => {
    const found = inReach(all, 'release', 'n');
    expect(found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'n/own',
      'release/shared',
      'n/z',
    ]);
  });

  it('does what its vendor does, of which nothing has to be connected', () => {
    const reach = reachIn(
      {
        inReach: () => inReach(all, 'release', 'n'),
        lost: () => undefined,
        lacks: (_, name, kind) => (name === 'shared' && kind === 'ticket' ? undefined : 'No.'),
        interactive: () => false,
        link: () => undefined,
      },
      'n',
    );
    expect(reach.choose('ticket')).toEqual({ name: 'shared' });
    expect(reach.all('ticket')).toEqual(['shared']);
    expect(reach.all('channel')).toEqual([]);
  });

  it('waits for a person where nobody else does it and the vendor is not known', () => {
    const old = anIntegration('old', {});
    expect(reachOf(old).all('ticket')).toEqual([]);
    const waits = { ambiguous: { reason: 'UnknownVendor' }, candidates: ['old'] };
    expect(reachOf(old).choose('ticket')).toMatchObject(waits);
    expect(reachOf(old).choose('ticket', 'old')).toMatchObject(waits);
    const chat = { ...old, status: { capabilities: ['channel'] } };
    expect(reachOf(chat).choose('channel')).toMatchObject(waits);
    expect(reachOf(chat).choose('ticket')).toMatchObject({ none: { reason: 'NotConfigured' } });
  });
});

describe('what things are called', () => {
  const noun = nounsOf([anIntegration('tracker', github), anIntegration('github-chat', slack)]);

  it.each([
    ['as their vendor calls them, whatever the Integration is called', noun('ticket', 'tracker'), 'GitHub issue'],
    ['a review', noun('review', 'tracker'), 'GitHub pull request'],
    ['as usual, where the vendor has no word of its own', noun('ticket', 'github-chat'), 'Slack ticket'],
    ['as the only vendor that makes them does, once the Integration is gone', noun('ticket', 'gone'), 'GitHub issue'],
  ])('%s', (_, word, expected) => {
    expect(word).toBe(expected);
  });
});
