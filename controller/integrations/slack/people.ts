import type { Person } from '../../document/doc.ts';
import { mailKey } from '../../mail.ts';
import { type Duration, minutes } from '../../runtime/clock.ts';
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
   * For showing: the ids of those whom Slack knows. At most `mostLookups` are asked for, and who Slack does not tell of
   * is shown by name, since no message waits for that.
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
/** Answers of users.lookupByEmail to an address that is nobody's here. */
const nobody = new Set(['users_not_found', 'user_not_found', 'user_not_visible', 'invalid_arguments']);

export function peopleOf(api: Api): People {
  const known = new Map<string, { readonly member: Member | undefined; readonly until: Duration }>();

  const remembered = (person: Person) => {
    const cached = known.get(person);
    return cached && cached.until > api.clock.monotonic() ? cached : undefined;
  };

  function remember(person: Person, member: Member | undefined): void {
    if (known.size > 5_000) known.clear();
    const until = api.clock.monotonic() + (member === undefined ? missingLifetime : foundLifetime);
    known.set(person, { member, until });
  }

  async function memberOf(person: Person, reader: Reader): Promise<Member | undefined> {
    if (!person.includes('@')) return undefined;
    const cached = remembered(person);
    if (cached) return cached.member;
    let member: Member | undefined;
    // As it is written, then as most directories keep it.
    for (const email of new Set([person, mailKey(person)])) member ??= await lookUp(email, reader);
    remember(person, member);
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
      let left = mostLookups;
      for (const person of people) {
        if (remembered(person) || !person.includes('@') || left === 0) continue;
        left -= 1;
        try {
          await memberOf(person, reader);
        } catch {
          // Asked again a minute from now, whoever shows them next.
          remember(person, undefined);
        }
      }
      return (person) => remembered(person)?.member?.id;
    },
  };
}
