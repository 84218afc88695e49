import { describe, expect, test } from 'vitest';
import { aStory } from '../../test/builders/story.ts';
import { checkRecord } from './check.ts';
import { recordFiles } from './files.ts';

const drafted = (): Record<string, string> =>
  Object.fromEntries(recordFiles(aStory()).commits.flatMap(({ files }) => Object.entries(files)));

/** What the check says after one edit of one file. */
function after(name: string, edit: (content: string) => string): string[] {
  const files = drafted();
  const path = `incidents/2026/INC-00001/${name}`;
  const edited = edit(files[path] ?? '');
  expect(edited).not.toBe(files[path]);
  return checkRecord({ ...files, [path]: edited }).map(
    ({ file, line, message }) => `${file}:${line ?? '-'} ${message}`,
  );
}

const replace =
  (from: string | RegExp, to: string) =>
  (content: string): string =>
    content.replace(from, to);

const accepted = (content: string): string =>
  content
    .replace('status: draft', 'status: accepted')
    .replace('owner: null, due: null', 'owner: geeta, due: 2026-03-01')
    .replaceAll('- [ ]', '- [x]');

describe('the check of a record', () => {
  test('a draft as written passes', () => {
    expect(checkRecord(drafted())).toEqual([]);
  });

  test.each<[string, string, (content: string) => string, string]>([
    [
      'a sentence without a citation',
      'postmortem.md',
      replace('\n## Durations', 'It was nobody’s fault.\n\n## Durations'),
      'this sentence cites no entry',
    ],
    [
      'words after the last citation',
      'postmortem.md',
      replace(/(## Impact\n\n.*)\n/, '$1 And more.\n'),
      'the words after the last citation cite no entry',
    ],
    [
      'an entry that is not there',
      'postmortem.md',
      replace(/(## Impact\n\n.*)\n/, '$1 [T99](timeline.md#t99)\n'),
      'the entry T99 is not in timeline.md',
    ],
    [
      'a citation that leads elsewhere',
      'postmortem.md',
      replace(/(## Impact\n\n.*)\n/, '$1 [T01](timeline.md#t02)\n'),
      'the citation [T01](timeline.md#t02) shows one entry and leads to another',
    ],
    [
      'a person in the narrative',
      'postmortem.md',
      replace('It had begun', 'As zoe@streamo.example saw, it had begun'),
      'the narrative names a person (zoe@streamo.example)',
    ],
    [
      'the handle of a person',
      'postmortem.md',
      replace('It had begun', 'As @zoe saw, it had begun'),
      'the narrative names a person (@zoe)',
    ],
    [
      'a person who is written in other case',
      'postmortem.md',
      replace('It had begun', 'As Zoe@Streamo.Example saw, it had begun'),
      'the narrative names a person (zoe@streamo.example)',
    ],
    [
      'a quotation that nobody introduces',
      'postmortem.md',
      replace('## Durations\n\n', '## Durations\n\n> It was fast.\n\n'),
      'nothing says whose words this quotation is',
    ],
    [
      'another schema',
      'postmortem.md',
      replace('postmortem/v1', 'postmortem/v9'),
      'the schema is not allclear.dev/postmortem/v1',
    ],
    [
      'an unknown status',
      'postmortem.md',
      replace('status: draft', 'status: done'),
      'the status is neither draft nor accepted',
    ],
    [
      'a front matter that is no YAML',
      'postmortem.md',
      replace('services: [', 'services: [['),
      'the front matter is not YAML',
    ],
    ['no front matter', 'postmortem.md', replace('---\n', ''), 'it has no front matter'],
    ['a record that is no JSON', 'record.json', replace('{', '{,'), 'it is not JSON'],
    [
      'a record that would act',
      'record.json',
      replace('"allclear.dev/record": "true"', '"allclear.dev/record": "false"'),
      'an object lacks the annotation allclear.dev/record',
    ],
    ['a timeline without entries', 'timeline.md', () => '# INC-00001 timeline\n', 'it holds no entry'],
  ])('%s', (_, name, edit, message) => {
    const said = after(name, edit);
    expect(said.join('\n')).toContain(message);
  });

  test.each([
    ['in quotation marks', 'As "zoe@streamo.example said \\"ask @matt\\"" had it, it had begun'],
    ['in typographic ones', 'As “zoe@streamo.example” had it, it had begun'],
    ['of another', 'As zoe@streamo.example.org saw, and someone.zoe@streamo.example too, it had begun'],
  ])('a name %s is no fault', (_, words) => {
    expect(after('postmortem.md', replace('It had begun', words))).toEqual([]);
  });

  test('a block quote cites nothing and names whom it names', () => {
    const quote = '> zoe@streamo.example: we were slow.\n>\n> - because\n\n## Durations';
    expect(after('postmortem.md', replace('## Durations', quote))).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    ['Zoe Maxwell', 'As Zoe Maxwell saw, it had begun', ['the narrative names a person (Zoe Maxwell)']],
    ['Zoe Maxwell', 'As Zoe saw, it had begun', []],
    ['payments', 'The payments queue drained, and it had begun', []],
    ['payments', 'As @payments saw, it had begun', ['the narrative names a person (@payments)']],
    ['the', 'For the api-gateway it had begun', []],
    ['All Clear', 'The all clear came, and it had begun', []],
  ])('who commands is called %s: %s', (commander, words, faults) => {
    const story = aStory();
    const spec = { ...story.incident.spec, roles: { commander } };
    const files = Object.fromEntries(
      recordFiles({ ...story, incident: { ...story.incident, spec } }).commits.flatMap((commit) =>
        Object.entries(commit.files),
      ),
    );
    expect(checkRecord(files)).toEqual([]);
    const path = 'incidents/2026/INC-00001/postmortem.md';
    const edited = { ...files, [path]: (files[path] ?? '').replace('It had begun', words) };
    expect(checkRecord(edited).map(({ message }) => message)).toEqual(faults);
  });

  test('the line is that of the file', () => {
    const said = after('postmortem.md', replace('## Durations', 'Uncited.\n\n## Durations'));
    const line = (drafted()['incidents/2026/INC-00001/postmortem.md'] ?? '').split('\n').indexOf('## Durations') + 1;
    expect(said).toEqual([`postmortem.md:${line} this sentence cites no entry`]);
    expect(after('postmortem.md', replace('status: draft', 'status: done'))).toEqual([
      'postmortem.md:5 the status is neither draft nor accepted',
    ]);
  });

  test('accepted asks for owners, due dates and answers', () => {
    expect(
      after('postmortem.md', replace('status: draft', 'status: accepted')).map((line) => line.replace(/:\d+/, '')),
    ).toEqual([
      'postmortem.md A2 has no owner',
      'postmortem.md A2 has no due date',
      ...Array.from({ length: 4 }, () => 'postmortem.md a question is open'),
    ]);
    expect(after('postmortem.md', accepted)).toEqual([]);
  });

  test('a missing file is said', () => {
    const files = drafted();
    delete files['incidents/2026/INC-00001/timeline.md'];
    expect(checkRecord(files)[0]).toMatchObject({ file: 'timeline.md', message: 'the file is missing' });
  });
});
