import { type Json, object, text } from '../parse.ts';
import { minutes, type Clock, type Duration } from '../../../runtime/clock.ts';
import type { Person } from '../../../act/person.ts';
import { Declined } from '../../../act/declined.ts';
import { oneLine } from '../../../text.ts';
import type { SlackApi } from './api.ts';

/** A full member of our workspace. */
export interface Member {
  readonly id: string;
  readonly teamId: string;
  /** As people call them. */
  readonly name: string;
  /** Absent: Slack does not say, or the app may not ask (users:read.email). */
  readonly mail?: string;
}

/** Who it is to verbs: whatever the account is called by then, it is `slack:<team>/<user>`. */
export const asPerson = ({ id, teamId, name, mail }: Member): Person => ({
  name: oneLine(name) || id,
  via: `slack:${teamId}/${id}`,
  ...(mail === undefined ? {} : { mail }),
});

const lifetime: Duration = minutes(10);
/** A failure is asked again soon: it kept somebody from responding. */
const failureLifetime: Duration = 5_000;

/** Who presses and types, as Slack knows them. */
export class People {
  readonly #api: Pick<SlackApi, 'user'>;
  readonly #teamId: string;
  readonly #clock: Clock;
  readonly #known = new Map<string, { until: Duration; user: Promise<Json> }>();

  constructor(api: Pick<SlackApi, 'user'>, teamId: string, clock: Clock) {
    this.#api = api;
    this.#teamId = teamId;
    this.#clock = clock;
  }

  /** @throws Declined for whom it is not: guests, bots, deactivated people and those of other workspaces. */
  async member(id: string): Promise<Member> {
    let user: Json;
    try {
      user = await this.#ask(id);
    } catch {
      throw new Declined(
        'Slack does not say who you are at the moment, so nothing was done. Press again in a few seconds.',
      );
    }
    const refusal = refuse(user, this.#teamId);
    if (refusal) throw new Declined(refusal);
    return memberOf(user, id, this.#teamId);
  }

  /** For showing: a name whoever it is, the id when Slack does not say. */
  async nameOf(id: string): Promise<string> {
    try {
      const member = memberOf(await this.#ask(id), id, this.#teamId);
      return member.name;
    } catch {
      return id;
    }
  }

  /** Something about them changed. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  #ask(id: string): Promise<Json> {
    const now = this.#clock.monotonic();
    const found = this.#known.get(id);
    if (found && found.until > now) return found.user;
    if (this.#known.size > 5_000) this.#known.clear();
    const user = this.#api.user(id);
    this.#known.set(id, { until: now + lifetime, user });
    user.catch(() => this.#known.set(id, { until: this.#clock.monotonic() + failureLifetime, user }));
    return user;
  }
}

const not = (who: string): string => `Only full members of this workspace may do this; ${who}.`;

function memberOf(user: Json, id: string, teamId: string): Member {
  const profile = object(user['profile']);
  const mail = text(profile['email']);
  const name =
    text(profile['display_name']) || text(user['real_name']) || text(profile['real_name']) || text(user['name']);
  return { id, teamId, name: name || id, ...(mail === '' ? {} : { mail }) };
}

/** Why this person may not respond; undefined for a full member. https://docs.slack.dev/reference/objects/user-object */
function refuse(user: Json, teamId: string): string | undefined {
  if (user['deleted'] === true) return not('this account is deactivated');
  if (user['is_bot'] === true || user['id'] === 'USLACKBOT') return not('this is a bot');
  if (user['is_restricted'] === true || user['is_ultra_restricted'] === true) return not('you are a guest here');
  if (user['is_stranger'] === true) return not('you belong to another organisation');
  if (user['is_email_confirmed'] === false) return not('your mail address is not confirmed yet');
  const home = text(user['team_id']);
  const teams = object(user['enterprise_user'])['teams'];
  const here = home === teamId || (Array.isArray(teams) && teams.includes(teamId));
  return here ? undefined : not('you belong to another workspace');
}
