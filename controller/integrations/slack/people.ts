import type { Person } from '../../document/doc.ts';
import { mailKey } from '../../mail.ts';
import { type Duration, minutes, seconds } from '../../runtime/clock.ts';
import type { Api, Reader } from './call.ts';
import { codeOf } from './errors.ts';
import type { IdOf } from './line.ts';
import { object, text } from './parse.ts';

/** The members of the workspace, by mail address. */
export interface People {
  /** The id of who has this address; undefined: nobody here. Throws when Slack does not say. */
  idOf(person: Person, reader: Reader): Promise<string | undefined>;
  /** The name of who has this address, as people call them. Throws when Slack does not say. */
  nameOf(person: Person, reader: Reader): Promise<string | undefined>;
  /**
   * For showing: the ids of those whom Slack knows. A message waits for at most `mostLookups` look-ups and two seconds;
   * who Slack does not tell of in that time is shown as written.
   */
  shown(people: readonly Person[], reader: Reader): Promise<IdOf>;
}

interface Member {
  readonly id: string;
  readonly name: string;
}

const foundLifetime = minutes(10);
/** Somebody may be joining the workspace right now. */
const missingLifetime = minutes(1);
/** Of one message; users.lookupByEmail is of tier 3. */
const mostLookups = 10;
/** For all of them together. */
const longestLookups = seconds(2);
/** Answers of users.lookupByEmail to an address that is nobody's here. */
const nobody = new Set(['users_not_found', 'user_not_found', 'user_not_visible', 'invalid_arguments']);

export function peopleOf(api: Api): People {
  const known = new Map<string, { readonly member: Member | undefined; readonly until: Duration }>();
  /** Look-ups under way. */
  const asking = new Map<string, Promise<Member | undefined>>();
  /** Whom Slack did not tell of lately: nobody is asked of again for showing alone. */
  const untold = new Map<string, Duration>();

  const remembered = (person: Person) => {
    const cached = known.get(mailKey(person));
    return cached && cached.until > api.clock.monotonic() ? cached : undefined;
  };
  const isUntold = (person: Person): boolean => (untold.get(mailKey(person)) ?? -Infinity) > api.clock.monotonic();

  async function memberOf(person: Person, reader: Reader): Promise<Member | undefined> {
    if (!person.includes('@')) return undefined;
    const cached = remembered(person);
    if (cached) return cached.member;
    const key = mailKey(person);
    // Fifty messages that show one person wait for one look-up, so that none overtakes another.
    const asked = asking.get(key) ?? ask(person, reader).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  async function ask(person: Person, reader: Reader): Promise<Member | undefined> {
    let member: Member | undefined;
    // As it is written, then as most directories keep it.
    for (const email of new Set([person, mailKey(person)])) member ??= await lookUp(email, reader);
    if (known.size > 5_000) known.clear();
    const until = api.clock.monotonic() + (member === undefined ? missingLifetime : foundLifetime);
    known.set(mailKey(person), { member, until });
    return member;
  }

  async function lookUp(email: string, reader: Reader): Promise<Member | undefined> {
    try {
      const user = object((await api.read('users.lookupByEmail', { email }, reader))['user']);
      if (user['deleted'] === true) return undefined;
      const profile = object(user['profile']);
      const name = text(profile['real_name']) || text(user['real_name']) || text(profile['display_name']);
      return { id: text(user['id']), name: name || text(user['name']) };
    } catch (error) {
      if (nobody.has(codeOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  return {
    idOf: async (person, reader) => (await memberOf(person, reader))?.id,
    nameOf: async (person, reader) => (await memberOf(person, reader))?.name,
    async shown(people, reader) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const cancel = api.clock.after(longestLookups, () => reject(new Error('Slack does not say in time')));
      const asked = people.filter((person) => person.includes('@') && !remembered(person) && !isUntold(person));
      for (const person of asked.slice(0, mostLookups)) {
        try {
          await Promise.race([memberOf(person, reader), late]);
        } catch {
          if (untold.size > 5_000) untold.clear();
          untold.set(mailKey(person), api.clock.monotonic() + missingLifetime);
          // What kept Slack from telling of one keeps it from telling of the others.
          break;
        }
      }
      cancel();
      return (person) => remembered(person)?.member?.id;
    },
  };
}
