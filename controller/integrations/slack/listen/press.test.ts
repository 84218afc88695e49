import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../../test/builders/incident.ts';
import { aHandler } from '../../../../test/builders/slack-handler.ts';
import { homeActions } from './views/home.ts';
import { modalFor, press, type Pressed } from './press.ts';

const running = anIncident({ spec: { escalation: { level: 1 } } });
const { uid, namespace, name } = running.metadata;
const pressed = (action: string, more: object = {}): Pressed => ({
  action,
  value: JSON.stringify({ uid, namespace, name, ...more }),
  user: 'U1',
  trigger: 'trigger-1',
  channel: 'C1',
});
const otherVersion = 'This button is of another version of AllClear; use the newest message.';

describe('a button whose verb has a form opens it', () => {
  test.each([
    ['ac.update', 'ac.update'],
    ['ac.close', 'ac.close'],
    ['ac.deescalate', 'ac.deescalate'],
    ['ac.roles', 'ac.role'],
    [homeActions.declare, 'ac.declare'],
  ])('%s', (action, callback) => {
    expect(modalFor(aHandler([running]).handler, pressed(action))?.callback_id).toBe(callback);
  });

  test.each([
    ['ac.close', anIncident({ spec: { state: 'Resolved' } }), /is closed/],
    ['ac.declare', running, /^Already declared/],
    ['ac.reopen', running, /^INC-00001 is open/],
    ['ac.deescalate', anIncident(), /lowest level/],
    ['ac.close', anIncident({ metadata: { uid: 'another' } }), /another one by now/],
    ['ac.close', anIncident({ metadata: { name: 'gone' } }), /not there any more/],
  ])('%s is refused where it cannot be done', (action, incident, words) => {
    expect(() => modalFor(aHandler([incident]).handler, pressed(action))).toThrow(words);
  });

  test('not one that says nothing', () => {
    expect(() => modalFor(aHandler([running]).handler, { ...pressed('ac.close'), value: 'x' })).toThrow(otherVersion);
  });
});

describe('a button whose verb has none writes at once', () => {
  test('to what it shows, from what the person saw', async () => {
    const { handler, acts } = aHandler([running]);
    expect(modalFor(handler, pressed('ac.escalate'))).toBeUndefined();
    await press(handler, pressed('ac.escalate', { to: { level: 1 }, shown: { level: 0 } }));
    expect(acts).toMatchObject([
      { wish: { level: 1 }, seen: { spec: { escalation: { level: 0 } } }, change: { by: 'ana@example.com' } },
    ]);
  });

  test.each([
    ['without a level', {}, otherVersion],
    ['with a level that there is not', { to: { level: 12 } }, otherVersion],
    ['to where it is', { to: { level: 9 }, shown: { level: 9 } }, 'It is at level 9 already; there is none above.'],
  ])('not %s', async (_, more, words) => {
    const { handler, acts } = aHandler([running]);
    await expect(press(handler, pressed('ac.escalate', more))).rejects.toThrow(words);
    expect(acts).toEqual([]);
  });

  test.each(['ac.frobnicate', 'ac.status', 'value'])('%s does nothing', async (action) => {
    const { handler, acts } = aHandler([running]);
    expect(modalFor(handler, pressed(action))).toBeUndefined();
    await press(handler, pressed(action));
    expect(acts).toEqual([]);
  });
});
