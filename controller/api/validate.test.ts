import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatProblem } from './problems.ts';
import { validateFile } from './validate.ts';

const incident = (spec: string, metadata = '{name: a}'): string =>
  `apiVersion: allclear.dev/v1alpha1\nkind: Incident\nmetadata: ${metadata}\nspec:\n${spec}\n`;
const messages = (text: string): string[] => validateFile(text, 'a.yaml').map(formatProblem);

describe('a file without mistakes', () => {
  it('is the example', () => {
    const text = readFileSync(new URL('../../incidents/example.yaml', import.meta.url), 'utf8');
    expect(messages(text)).toEqual([]);
  });

  it.each([
    ['a title alone', incident('  title: a')],
    [
      'an empty field that has a default',
      incident('  title: a\n  severity:\n  escalation: {level: ~}', '{name: a, labels: }'),
    ],
    ['times as YAML would read them', incident('  title: a\n  startedAt: 2026-06-15T21:16:06Z')],
    ['an unquoted 1:30', incident('  title: a\n  fields: {at: 1:30}')],
    ['a merge key', incident('  title: a\n  roles: &r {commander: b}\n  fields: {<<: *r, c: d}')],
    ['labels with a prefix', incident('  title: a', '{generateName: a-, labels: {streamo.example/team: mobile}}')],
    ['markup in a title', incident('  title: "@channel <b>"')],
    ['an address beyond ASCII', incident('  title: a\n  links: [{title: a, url: "https://ü.example/ä|{}"}]')],
    ['a Secret', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}'],
    ['empty documents around it', `---\n${incident('  title: a')}---\n# nothing\n---\n`],
    ['Resolved alone, which only the API server judges', incident('  title: a\n  state: Resolved')],
  ])('is %s', (_, text) => {
    expect(messages(text)).toEqual([]);
  });
});

describe('a mistake in a field', () => {
  it.each([
    ['  title: a\n  severty: SEV1', 'a.yaml:6: spec.severty: is not known. Did you mean severity?'],
    ['  title: a\n  zzz: b', 'a.yaml:6: spec.zzz: is not known. Remove it; known here are change, customerSummary,'],
    [
      '  title: a\n  severity: sev2',
      'a.yaml:6: spec.severity: "sev2" is not one of SEV1, SEV2, SEV3, SEV4. Did you mean SEV2?',
    ],
    ['  title: a\n  state: Open', 'a.yaml:6: spec.state: "Open" is not one of Triage, Investigating, Identified,'],
    ['  severity: SEV1', 'a.yaml:4: spec.title: is missing. Add it: What is wrong, in a few words'],
    ['  title:', 'a.yaml:5: spec.title: is empty. Fill it in, or remove it.'],
    ['  title: a\n  description:', 'a.yaml:6: spec.description: is empty. Fill it in, or remove it.'],
    ['  title: ""', 'a.yaml:5: spec.title: is empty. Fill it in, or remove it.'],
    ['  title: "a\\nb"', 'a.yaml:5: spec.title: a line break, a tab or another control character stands in it. Write'],
    [`  title: ${'🔥'.repeat(151)}`, 'a.yaml:5: spec.title: has 151 characters, and 150 is the most. Shorten it.'],
    ['  title: 42', 'a.yaml:5: spec.title: is read as a number (42), but text is wanted. Put it in quotes.'],
    ['  title: yes', 'a.yaml:5: spec.title: is read as true or false (true), but text is wanted. Put it in quotes.'],
    ['  title: [a]', 'a.yaml:5: spec.title: is a list, but text is wanted.'],
    ['  title: a\n  escalation: 2', 'a.yaml:6: spec.escalation: is 2, but a map is wanted.'],
    [
      '  title: a\n  escalation: {level: 1.5}',
      'a.yaml:6: spec.escalation.level: is 1.5, but a whole number is wanted.',
    ],
    ['  title: a\n  escalation: {level: 10}', 'a.yaml:6: spec.escalation.level: 10 is too high: 9 is the most.'],
    ['  title: a\n  escalation: {level: -1}', 'a.yaml:6: spec.escalation.level: -1 is too low: 0 is the least.'],
    [
      '  title: a\n  services: [a,\n    a]',
      'a.yaml:6: spec.services: names the same thing twice. Remove one of the two.',
    ],
    ['  title: a\n  services:\n    - a\n    -', 'a.yaml:8: spec.services[1]: is empty. Fill it in, or remove it.'],
    ['  title: a\n  relatedTo: [{name: a}, {name: a}]', 'a.yaml:6: spec.relatedTo: names the same thing twice.'],
    [
      '  title: a\n  links:\n    - title: b\n      url: ftp://c',
      'a.yaml:8: spec.links[0].url: this is no web address. Write http:// or https://',
    ],
    ['  title: a\n  links:\n    - title: b', 'a.yaml:7: spec.links[0].url: is missing. Add it: Its address.'],
    [
      '  title: a\n  startedAt: yesterday',
      'a.yaml:6: spec.startedAt: this is no time that can be read. Write the day, T,',
    ],
    ['  title: a\n  startedAt: 2026-02-30T00:00:00Z', 'a.yaml:6: spec.startedAt: this is no time that can be read.'],
    [
      '  title: a\n  resolution:\n    summary: b\n    correctiveActions:\n      - {what: c, kind: Detect, due: soon}',
      'a.yaml:9: spec.resolution.correctiveActions[0].due: this is no day of the calendar. Write year, month and day,',
    ],
    ['  title: a\n  roles:\n    "bridge host": ""', 'a.yaml:7: spec.roles[bridge host]: is empty.'],
  ])('%j', (spec, said) => {
    const [first, ...others] = messages(incident(spec));
    expect(first).toContain(said);
    expect(others).toEqual([]);
  });

  it('is told for each field, by line', () => {
    const found = validateFile(incident('  title: ""\n  severity: x\n  foo: 1\n  state: y'), 'a.yaml');
    expect(found.map(({ line, field }) => [line, field])).toEqual([
      [5, 'spec.title'],
      [6, 'spec.severity'],
      [7, 'spec.foo'],
      [8, 'spec.state'],
    ]);
  });
});

describe('a mistake around it', () => {
  it.each([
    ['severity: SEV1', 'a.yaml:1: apiVersion: is missing. Begin with apiVersion: allclear.dev/v1alpha1 and a kind.'],
    ['apiVersion: allclear.dev/v1alpha1', 'a.yaml:1: kind: is missing.'],
    [
      'apiVersion: allclear.dev/v1\nkind: Incident',
      'a.yaml:1: apiVersion: allclear.dev/v1 is not known. Write allclear.dev/v1alpha1.',
    ],
    ['apiVersion: allcler.dev/v1alpha1\nkind: Foo', 'a.yaml:1: apiVersion: allcler.dev/v1alpha1 is not known.'],
    ['apiVersion: v1\nkind: Incident', 'a.yaml:1: apiVersion: v1 is not known.'],
    [
      'apiVersion: allclear.dev/v1alpha1\nkind: incident',
      'a.yaml:2: kind: incident is not known. Did you mean Incident?',
    ],
    ['apiVersion: allclear.dev/v1alpha1\nkind: Pod', 'a.yaml:2: kind: Pod is not known. Choose one of '],
    [
      incident('  title: a', '{}'),
      'a.yaml:3: metadata.name: is missing. Give the object a name, or metadata.generateName.',
    ],
    [
      incident('  title: a', '{name: A_b}'),
      'a.yaml:3: metadata.name: "A_b" is not allowed. Allowed: lowercase letters',
    ],
    [
      incident('  title: a', `{name: ${'a'.repeat(201)}}`),
      'a.yaml:3: metadata.name: has 201 characters, and 200 is the most.',
    ],
    [incident('  title: a', '{name: a, label: {}}'), 'a.yaml:3: metadata.label: is not known. Did you mean labels?'],
    [
      incident('  title: a', '{name: a, labels: {streamo.example/team: a b}}'),
      'a.yaml:3: metadata.labels[streamo.example/team]: "a b" is not allowed. Allowed: letters, digits',
    ],
    [
      `${incident('  title: a')}status: {number: 1}`,
      'a.yaml:6: status: is written by the controller alone. Remove it.',
    ],
    [`${incident('  title: a')}severity: SEV1`, 'a.yaml:6: severity: is not known here. It belongs under spec.'],
    ['apiVersion: allclear.dev/v1alpha1\nkind: Incident\nmetadata: {name: a}', 'a.yaml:1: spec: is missing.'],
    ['- a', 'a.yaml:1: is not a resource. Begin with apiVersion and kind.'],
    ['# nothing', 'a.yaml:1: holds nothing. Write a resource into it.'],
    ['', 'a.yaml:1: holds nothing.'],
    [incident('  title: a\n  title: b'), 'a.yaml:6: Map keys must be unique'],
    ['a: [', 'a.yaml:1: Flow sequence'],
    ['a: *b', 'a.yaml:1: Unresolved alias'],
  ])('%j', (text, said) => {
    const [first, ...others] = messages(text);
    expect(first).toContain(said);
    expect(others).toEqual([]);
  });

  it.each([
    ['{secretRef: {name: a}}', ['a.yaml:4: spec.provider: an Integration connects one vendor. Write']],
    ['{provider: {}, secretRef: {name: a}}', ['a.yaml:4: spec.provider: an Integration connects one vendor. Write']],
    ['{provider: {slack: {}, git: {url: "https://a/b"}}, secretRef: {name: a}}', ['a.yaml:4: spec.provider: an Integ']],
    [
      '{provider: {slac: {}}, secretRef: {name: a}}',
      ['a.yaml:4: spec.provider.slac: is not known. Did you mean slack?'],
    ],
    [
      '{slack: {}, secretRef: {name: a}}',
      [
        'a.yaml:4: spec.slack: is not known here. It belongs under spec.provider.',
        'a.yaml:4: spec.provider: an Integration connects one vendor. Write',
      ],
    ],
    ['{provider: {slack: {}}, secretRef: {name: a}}', []],
  ])('is another number of vendors than one: %s', (spec, said) => {
    const text = `apiVersion: allclear.dev/v1alpha1\nkind: Integration\nmetadata: {name: a}\nspec: ${spec}\n`;
    expect(messages(text)).toEqual(said.map((each) => expect.stringContaining(each)));
  });

  it('is found in the second document, with its line in the file', () => {
    const text = `${incident('  title: a')}---\n${incident('  title: a\n  severity: SEV9')}`;
    expect(messages(text)).toEqual([expect.stringContaining('a.yaml:12: spec.severity: "SEV9"')]);
  });

  it('is an alias bomb, told of instead of filling the memory', () => {
    const lines = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    expect(messages(`l0: &l0 x\n${lines.join('\n')}`)).toEqual([expect.stringContaining('alias')]);
  });
});
