import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../../test/builders/fake-clock.ts';
import { shownAs } from '../../../act/person.ts';
import { minutes } from '../../../runtime/clock.ts';
import { asPerson, People } from './people.ts';

const member = {
  id: 'U1',
  team_id: 'T1',
  name: 'zoe',
  real_name: 'Zoë Example',
  is_email_confirmed: true,
  profile: { email: 'zoe@streamo.example', display_name: 'zoë' },
};

function knowing(answer: () => object): { people: People; clock: FakeClock; asked: () => number } {
  let count = 0;
  const clock = new FakeClock();
  const user = async (): Promise<Record<string, unknown>> => {
    count += 1;
    return { ...answer() };
  };
  return { people: new People({ user }, 'T1', clock), clock, asked: () => count };
}

describe('who presses and types', () => {
  test('a full member', async () => {
    const { people } = knowing(() => member);
    const person = await people.member('U1');
    expect(person).toEqual({ id: 'U1', teamId: 'T1', name: 'zoë', mail: 'zoe@streamo.example' });
    expect(shownAs(asPerson(person))).toBe('zoe@streamo.example');
    expect(asPerson(person).via).toBe('slack:T1/U1');
    expect(shownAs(asPerson({ id: 'U1', teamId: 'T1', name: 'a\nb' }))).toBe('a b');
  });

  test.each([
    [{ deleted: true }, 'deactivated'],
    [{ is_bot: true }, 'bot'],
    [{ id: 'USLACKBOT' }, 'bot'],
    [{ is_restricted: true }, 'guest'],
    [{ is_ultra_restricted: true }, 'guest'],
    [{ is_stranger: true }, 'another organisation'],
    [{ is_email_confirmed: false }, 'not confirmed'],
    [{ team_id: 'T2' }, 'another workspace'],
    [{ team_id: undefined }, 'another workspace'],
  ])('%o is refused', async (account, words) => {
    const { people } = knowing(() => ({ ...member, ...account }));
    await expect(people.member('U1')).rejects.toThrow(words);
  });

  test('of an organisation’s other workspace, and a member of this one', async () => {
    const { people } = knowing(() => ({ ...member, team_id: 'T2', enterprise_user: { teams: ['T1', 'T2'] } }));
    await expect(people.member('U1')).resolves.toMatchObject({ teamId: 'T1' });
  });

  test('nobody knows: refused in words, and asked again soon', async () => {
    let fails = true;
    const { people, clock, asked } = knowing(() => {
      if (fails) throw new Error('ratelimited');
      return member;
    });
    await expect(people.member('U1')).rejects.toThrow('Slack does not say who you are');
    fails = false;
    await expect(people.member('U1')).rejects.toThrow('Slack does not say who you are');
    await clock.advance(5_000);
    await expect(people.member('U1')).resolves.toMatchObject({ id: 'U1' });
    expect(asked()).toBe(2);
  });

  test('asked once in ten minutes, and at once after a change', async () => {
    const { people, clock, asked } = knowing(() => member);
    await Promise.all([people.member('U1'), people.member('U1'), people.nameOf('U1')]);
    await clock.advance(minutes(10) - 1);
    await people.member('U1');
    expect(asked()).toBe(1);
    people.forget('U1');
    await people.member('U1');
    await clock.advance(minutes(10));
    await people.member('U1');
    expect(asked()).toBe(3);
  });
});
