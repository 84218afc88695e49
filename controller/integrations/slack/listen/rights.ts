import { Declined } from '../../../act/declined.ts';
import type { Review } from '../../../act/store.ts';
import type { Want } from '../../../act/store.ts';
import { shownAs, type Actor } from '../../../act/person.ts';
import type { ResponsePolicySpec } from '../../../api/response-policy.gen.ts';
import { group as apiGroup } from '../../../api/names.ts';
import { mailKey } from '../../../mail.ts';
import { minutes, type Clock, type Duration } from '../../../runtime/clock.ts';
import { cut } from '../../../text.ts';
import type { SlackApi } from './api.ts';
import { asPerson, type Member } from './people.ts';

export interface RightsDeps {
  readonly clock: Clock;
  readonly api: Pick<SlackApi, 'groups'>;
  /** Asks the API server. Throws KubeError, KubeUnreachable. */
  review(review: Review): Promise<boolean>;
}

const groupsLifetime: Duration = minutes(10);

/** Who may respond: any full member, or, where the policy says RBAC, whom the API server lets do the same. */
export class Rights {
  readonly #deps: RightsDeps;
  #groups: { until: Duration; all: ReturnType<SlackApi['groups']> } | undefined;

  constructor(deps: RightsDeps) {
    this.#deps = deps;
  }

  /** @throws Declined with what the person lacks; KubeError, KubeUnreachable. */
  async allow(member: Member, respond: ResponsePolicySpec['respond'], want: Want): Promise<Actor> {
    const person = asPerson(member);
    const { via } = person;
    if (respond?.identity !== 'RBAC') return { by: shownAs(person), via };
    const users = usersOf(member, respond);
    const { groups, unread } = await this.#groupsOf(member, respond);
    for (const user of users) {
      const allowed = await this.#deps.review({
        user,
        // Whoever asks by kubectl is in it.
        groups: [...groups, 'system:authenticated'],
        resourceAttributes: { ...want, group: apiGroup },
      });
      if (allowed) return { by: cut(user, 200), via };
    }
    const what = `${want.verb} ${want.resource} in namespace ${want.namespace}`;
    const hint = unread ? ' Slack did not tell which user groups you are in.' : '';
    throw new Declined(
      `The policy asks the Kubernetes API server who may respond, and ${users.join(' or ')} may not ${what}. Ask whoever grants roles in that cluster.${hint}`,
    );
  }

  async #groupsOf(
    { id }: Member,
    { groups = {} }: NonNullable<ResponsePolicySpec['respond']>,
  ): Promise<{ groups: string[]; unread: boolean }> {
    if (Object.keys(groups).length === 0) return { groups: [], unread: false };
    const now = this.#deps.clock.monotonic();
    if (this.#groups === undefined || this.#groups.until <= now) {
      const all = this.#deps.api.groups();
      const mine = { until: now + groupsLifetime, all };
      this.#groups = mine;
      all.catch(() => {
        if (this.#groups === mine) this.#groups = undefined;
      });
    }
    try {
      const member = (await this.#groups.all).filter(({ users }) => users.includes(id));
      const mapped = member.flatMap(({ handle }) => groups[handle] ?? []);
      return { groups: mapped.filter((name) => !name.startsWith('system:')), unread: false };
    } catch {
      return { groups: [], unread: true };
    }
  }
}

/** Who the person may be to Kubernetes, to which case matters: by the map, else as Slack writes the address, and in lower case. */
function usersOf(
  { mail }: Member,
  { users = {}, userTemplate = '{mail}' }: NonNullable<ResponsePolicySpec['respond']>,
): string[] {
  if (mail === undefined)
    throw new Declined(
      'The policy asks the Kubernetes API server who may respond, and Slack does not tell your mail address, by which you are known there.',
    );
  const mapped = mappedUser(mail, users);
  const named = mapped === undefined ? [mail, mailKey(mail)].map((one) => filled(userTemplate, one)) : [mapped];
  const refused = named.find((user) => user === '' || user.startsWith('system:'));
  if (refused !== undefined)
    throw new Declined(
      `Nobody from Slack is ${refused || 'without a name'} in Kubernetes; the policy must map you to another user.`,
    );
  return [...new Set(named)];
}

/** An entry written as Slack writes the address wins over one in another case. */
function mappedUser(mail: string, users: Readonly<Record<string, string>>): string | undefined {
  const same = Object.entries(users).filter(([key]) => mailKey(key) === mailKey(mail));
  const found = new Set(
    (same.some(([key]) => key === mail) ? same.filter(([key]) => key === mail) : same).map(([, user]) => user),
  );
  if (found.size > 1)
    throw new Declined(
      `The policy maps ${mailKey(mail)} to several users (${[...found].join(', ')}), by entries that differ only in case. Ask whoever keeps the policy to leave one.`,
    );
  return [...found][0];
}

const filled = (template: string, mail: string): string =>
  template.replace('{mail}', () => mail).replace('{name}', () => mail.slice(0, mail.indexOf('@')));
