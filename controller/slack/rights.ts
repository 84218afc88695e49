import type { ResponsePolicySpec } from '../api/response-policy.gen.ts';
import { group as apiGroup } from '../api/names.ts';
import { minutes, type Clock, type Duration } from '../runtime/clock.ts';
import type { SlackApi } from './api.ts';
import { Declined } from './declined.ts';
import { shownAs, viaOf, type Person } from './people.ts';

/** What a person wants of the API server, as kubectl would ask for it. */
export interface Want {
  readonly verb: 'create' | 'patch';
  readonly resource: 'incidents' | 'incidentupdates';
  readonly namespace: string;
  readonly name?: string;
}

/** authorization.k8s.io/v1 SubjectAccessReview.spec. */
export interface Review {
  readonly user: string;
  readonly groups: readonly string[];
  readonly resourceAttributes: Want & { readonly group: string };
}

/** Both identities, as they are recorded with what is done. */
export interface Actor {
  readonly by: string;
  readonly via: string;
}

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
  async allow(person: Person, respond: ResponsePolicySpec['respond'], want: Want): Promise<Actor> {
    const via = viaOf(person);
    if (respond?.identity !== 'RBAC') return { by: shownAs(person), via };
    const user = userOf(person, respond);
    const { groups, unread } = await this.#groupsOf(person, respond);
    const allowed = await this.#deps.review({
      user,
      // Whoever asks by kubectl is in it.
      groups: [...groups, 'system:authenticated'],
      resourceAttributes: { ...want, group: apiGroup },
    });
    if (allowed) return { by: user.slice(0, 200), via };
    const what = `${want.verb} ${want.resource} in namespace ${want.namespace}`;
    const hint = unread ? ' Slack did not tell which user groups you are in.' : '';
    throw new Declined(
      `The policy asks the Kubernetes API server who may respond, and ${user} may not ${what}. Ask whoever grants roles in that cluster.${hint}`,
    );
  }

  async #groupsOf(
    { id }: Person,
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

function userOf(
  { mail }: Person,
  { users = {}, userTemplate = '{mail}' }: NonNullable<ResponsePolicySpec['respond']>,
): string {
  if (mail === undefined)
    throw new Declined(
      'The policy asks the Kubernetes API server who may respond, and Slack does not tell your mail address, by which you are known there.',
    );
  const user =
    users[mail] ?? userTemplate.replace('{mail}', () => mail).replace('{name}', () => mail.slice(0, mail.indexOf('@')));
  if (user === '' || user.startsWith('system:'))
    throw new Declined(
      `Nobody from Slack is ${user || 'without a name'} in Kubernetes; the policy must map you to another user.`,
    );
  return user;
}
