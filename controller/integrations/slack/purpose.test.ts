import { expect, test } from 'vitest';
import { hostile } from '../../../test/builders/hostile.ts';
import { purposeText } from './purpose.ts';

const owner = { install: 'test', namespace: 'default', name: 'x', uid: '6f1c7c54-8f35-4f0e-9f5a-1f4f0c7d3a10' };

test.each(Object.entries(hostile))('the purpose leaves room for the marker: %s', (_, text) => {
  const shown = purposeText({ desired: { text: `INC-00447 · ${text}` }, owner });
  expect(shown).toMatch(/^INC-00447 ·/);
  expect(shown).toMatch(/ · allclear\/6f1c7c54-8f35-4f0e-9f5a-1f4f0c7d3a10$/);
  expect(shown).not.toMatch(/[<>\n]/);
  expect(shown.length).toBeLessThanOrEqual(250);
});
