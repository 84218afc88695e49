import type { Call, Landed, Port } from '../../runtime/effect.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Person } from '../../document/doc.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import { type Api, bodyOf } from './call.ts';
import { codeOf } from './errors.ts';
import { objects, text } from './parse.ts';
import type { People } from './people.ts';

/** Of one call: https://docs.slack.dev/reference/methods/conversations.invite takes more, a hundred is safe. */
const chunk = 100;
/** Errors of one person in an invitation that leave them in the channel. */
const harmless = new Set(['already_in_channel', 'cant_invite_self']);
/** Errors of one person that keep only that person out: https://docs.slack.dev/reference/methods/conversations.invite. */
const personal = new Set([
  ...harmless,
  'cant_invite',
  'no_user',
  'org_user_not_in_team',
  'ura_max_channels',
  'user_disabled',
  'user_is_restricted',
  'user_is_ultra_restricted',
  'user_not_found',
  'user_not_visible',
]);
/** People in a channel, by mail address. Who is unknown, or cannot be let in, is told by name and keeps nobody else out. */
export function membersPort(api: Api, people: People): Port<Desired['members']> {
  async function invite(call: Call<Desired['members']>): Promise<Landed> {
    const { channel = '' } = call.within;
    const invitees = [...new Set(call.desired.people)];
    const byId = new Map<string, Person>();
    const notFound: Person[] = [];
    for (const person of invitees) {
      const id = await people.idOf(person, call);
      if (id === undefined) notFound.push(person);
      else byId.set(id, person);
    }
    const refused = new Map<string, string>();
    const ids = [...byId.keys()];
    for (let at = 0; at < ids.length; at += chunk) {
      const users = ids.slice(at, at + chunk);
      for (const [id, why] of await refusals(channel, users, call)) refused.set(id, why);
    }
    const invited = [...byId].filter(([id]) => !refused.has(id)).map(([, person]) => person);
    const out = [...refused].map(([id, why]) => `${byId.get(id) ?? id} (${why})`);
    const facts = { invited: listed(invited), notFound: listed(notFound), notInvited: listed(out) };
    const unknown = notFound.map((person) => `${person} (not in this Slack workspace)`);
    return {
      ref: { channel },
      facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== '')),
      ...(out.length + unknown.length === 0
        ? {}
        : { refused: { reason: 'PeopleNotInvited', message: listed([...out, ...unknown], ', ', mostInWords) } }),
    };
  }

  /** Invites; who did not get in, with Slack's word for it. */
  async function refusals(
    channel: string,
    users: readonly string[],
    call: Call<Desired['members']>,
  ): Promise<[string, string][]> {
    let errors;
    try {
      const body = await api.write('conversations.invite', { channel, users: users.join(','), force: true }, call);
      errors = objects(body['errors']);
    } catch (error) {
      errors = objects(bodyOf(error)['errors']);
      const code = codeOf(error) ?? '';
      // A code that is not known here is more often about one of them than about the channel.
      const isPersonal = personal.has(code) || (error instanceof Rejected && error.reason === 'SlackRefused');
      if (errors.length === 0 && !isPersonal) throw error;
      // A person's error may come without the list that says whose it is: each is asked for alone.
      if (errors.length === 0 && users.length > 1) {
        const each: [string, string][] = [];
        for (const user of users) each.push(...(await refusals(channel, [user], call)));
        return each;
      }
      if (errors.length === 0) errors = [{ user: users[0], error: code }];
    }
    return errors.flatMap((one): [string, string][] => {
      const why = text(one['error']);
      return harmless.has(why) ? [] : [[text(one['user']), why]];
    });
  }

  return { recover: 'resend', create: invite, update: (call) => invite(call) };
}

/** So many names fit into a fact; who many are is counted. */
const mostNames = 15;
/** So many into a message, as a rule. */
const mostInWords = 8;

function listed(all: readonly string[], separator = ',', most = mostNames): string {
  const left = all.length - most;
  return (left > 0 ? [...all.slice(0, most), `and ${left} more`] : all).join(separator);
}
