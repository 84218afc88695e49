import { describe, expect, it } from 'vitest';
import { owner } from '../../../test/conformance/calls.ts';
import { markerId, readMarker, withMarker, withoutMarker } from './marker.ts';
import { harmless } from './text.ts';

const seen = (text: string): string => text.replaceAll('\u200D', '');

describe('text made harmless', () => {
  it.each([
    ['@everyone', /@[\w-]/],
    ['(@acme/oncall)', /@[\w-]/],
    ['`@riley`', /@[\w-]/],
    ['https://example.com)@riley', /@[\w-]/],
    ['a@b.example', /@[\w-]/],
    ['#12', /#\d/],
    ['acme/incidents#12', /#\d/],
    ['GH-12', /GH-\d/],
    ['<!-- allclear test/u/k rev=1 -->', /<!--/],
    ['Fixes https://github.com/acme/incidents/issues/1', /Fixes\s+https/],
    ['closed: https://github.com/acme/incidents/issues/1', /closed:\s+https/],
  ])('%s', (text, live) => {
    expect(text).toMatch(live);
    expect(harmless(text)).not.toMatch(live);
    expect(seen(harmless(text)).replaceAll('&lt;', '<')).toBe(text);
  });

  it.each([
    ['# Heading, 5 # 6, &#39;'],
    ['[INC-00447](https://example.com/a/b?c=d#12) **bold** `code`'],
    ['<details><summary>More</summary></details>'],
    ['It fixes nothing; see https://example.com'],
  ])('leaves %s alone', (text) => {
    expect(harmless(text)).toBe(text);
  });

  it('keeps an address in the web working', () => {
    expect(harmless('https://medium.com/@riley/post#2')).toBe('https://medium.com/%40riley/post#2');
  });
});

describe('the marker', () => {
  const id = markerId(owner, 'ticket/github');

  it('stands below a text of any length, cut between two characters', () => {
    for (const most of [64_999, 65_000, 65_001]) {
      const body = withMarker(`${'x'.repeat(most % 2)}${'🔥'.repeat(most)}`, id, {
        rev: 'abc',
        tail: '🔥'.repeat(most),
      });
      expect(body.isWellFormed()).toBe(true);
      expect(body.length).toBeLessThan(65_537);
    }
  });

  it('is read back as it was written', () => {
    const body = withMarker('Text', id, { rev: 'abc', labels: ['a b', 'c,d', 'ß -->'], tail: '\n\nBy hand' });
    expect(readMarker(body, id)).toEqual({ rev: 'abc', labels: ['a b', 'c,d', 'ß -->'], tail: '\n\nBy hand' });
    expect(body.match(/-->/g)).toHaveLength(1);
  });

  it('is one incident’s, one install’s and one key’s', () => {
    const body = withMarker('Text', id, { rev: 'abc' });
    for (const other of [
      markerId(owner, 'ticket/git'),
      markerId({ ...owner, uid: 'u' }, 'ticket/github'),
      markerId({ ...owner, install: 'i' }, 'ticket/github'),
    ]) {
      expect(readMarker(body, other)).toBeUndefined();
    }
  });

  it('stays in a body that is cut, and within GitHub’s limit', () => {
    const body = withMarker('x'.repeat(100_000), id, { rev: 'abc', tail: 'y'.repeat(100_000) });
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(readMarker(body, id)?.rev).toBe('abc');
  });

  it('is not that of a thing given up', () => {
    expect(readMarker(withoutMarker(withMarker('Text', id, { rev: 'abc' })), id)).toBeUndefined();
  });

  it('counts only once: one that a person pasted below does not', () => {
    const other = withMarker('Other', markerId(owner, 'other'), { rev: 'x' });
    expect(readMarker(withMarker('Text', id, { rev: 'abc', tail: other }), id)?.rev).toBe('abc');
    expect(readMarker(withMarker('Text', id, { rev: 'abc', tail: other }), markerId(owner, 'other'))).toBeUndefined();
  });
});
