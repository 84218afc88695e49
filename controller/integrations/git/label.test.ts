import { describe, expect, it } from 'vitest';
import { hostile } from '../../../test/builders/hostile.ts';
import { aStory } from '../../../test/builders/story.ts';
import { endingOf } from '../../record/entries.ts';
import { recordFiles } from '../../record/files.ts';
import { blobSha } from '../../capabilities/record.ts';
import { foreign, labelOf } from './label.ts';

const story = aStory();

/** record.json and the draft beside it, as they are written. */
function written(name: string) {
  const identity = { ...story.identity, name };
  const [own, draft] = recordFiles({ ...story, identity }).commits;
  return { json: Object.values(own?.files ?? {})[0] ?? '', draft: Object.values(draft?.files ?? {})[0] ?? '' };
}

describe('the label of a record', () => {
  it('is read as it is written', () => {
    const { json, draft } = written('login');
    expect(labelOf(json)).toEqual({
      uid: story.identity.uid,
      whose: 'test/default/login',
      ending: endingOf(story),
      closing: 'mobile-app-login-6f1c7c54-t3',
      draft: blobSha(draft),
    });
  });

  it.each(Object.entries(hostile))('says whose it is, whatever others are called: %s', (_what, text) => {
    const label = labelOf(written(text).json);
    expect(label?.uid).toBe(story.identity.uid);
    expect(foreign(label, story.identity)).toBeUndefined();
    expect(foreign(label, { ...story.identity, uid: 'another' })).toContain('test/default/');
  });

  it('is that of the object where an older version wrote it', () => {
    const metadata = { name: 'login', namespace: 'ops', uid: 'u-1', annotations: { 'allclear.dev/record': 'true' } };
    const label = labelOf(JSON.stringify({ items: [{ kind: 'Incident', metadata }] }));
    expect(label).toMatchObject({ uid: 'u-1', whose: 'ops/login', ending: undefined, draft: undefined });
  });

  it.each(['', 'null', '[]', '"x"', '{"items": 1}', '{"items": [null, 1]}', '{"items": [{"kind": "Incident"}]}', '{'])(
    'is none where there is no record: %s',
    (text) => {
      expect(labelOf(text)).toBeUndefined();
      expect(foreign(labelOf(text), story.identity)).toContain('without a record.json');
    },
  );
});
