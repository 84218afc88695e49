import type { Act } from '../../controller/act/act.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { createLog } from '../../controller/log.ts';
import type { SlackApi } from '../../controller/integrations/slack/listen/api.ts';
import type { LiveStore } from '../../controller/act/store.ts';
import type { HandlerContext } from '../../controller/integrations/slack/listen/handler-context.ts';
import { People } from '../../controller/integrations/slack/listen/people.ts';
import { Recent } from '../../controller/integrations/slack/listen/recent.ts';
import { Rights } from '../../controller/integrations/slack/listen/rights.ts';
import type { Modal } from '../../controller/integrations/slack/listen/views/parts.ts';
import { FakeClock } from './fake-clock.ts';

const unused = (): never => {
  throw new Error('not asked for here');
};

/** U1 is ana, a full member; U2 is bo, a guest. */
const users: Readonly<Record<string, object>> = {
  U1: { id: 'U1', team_id: 'T1', real_name: 'Ana', profile: { email: 'ana@example.com' } },
  U2: { id: 'U2', team_id: 'T1', real_name: 'Bo', is_restricted: true },
};

export interface Handled {
  readonly handler: HandlerContext;
  /** What act() was asked for. */
  readonly acts: Act[];
  /** Modals that were opened. */
  readonly opened: Modal[];
}

/** A handler of /incident whose cluster holds these incidents, and whose writes and modals are recorded. */
export function aHandler(
  incidents: readonly Incident[],
  { connected = true, ...cluster }: Partial<Omit<LiveStore, 'connected'>> & { readonly connected?: boolean } = {},
): Handled {
  const acts: Act[] = [];
  const opened: Modal[] = [];
  const clock = new FakeClock();
  const api: SlackApi = {
    whoAmI: unused,
    open(_, view) {
      opened.push(view);
      return Promise.resolve('V1');
    },
    update: unused,
    publish: unused,
    ephemeral: unused,
    post: unused,
    respond: unused,
    user: (id) => Promise.resolve({ ...users[id] }),
    groups: unused,
    message: unused,
    close: unused,
  };
  const handler: HandlerContext = {
    team: { id: 'T1', name: 'x', url: 'https://x.slack.com/', botUserId: 'U0', botId: 'B0', orgWide: false },
    command: '/incident',
    home: 'default',
    namespaces: ['default'],
    clock,
    log: createLog('silent'),
    api,
    people: new People(api, 'T1', clock),
    rights: new Rights({ clock, api, review: unused }),
    cluster: {
      connected: () => connected,
      namespaces: ['default'],
      incidents: () => incidents,
      incident: (_, name) => incidents.find(({ metadata }) => metadata.name === name),
      updates: () => [],
      policies: () => [],
      isPrivate: () => Promise.resolve(false),
      act(act) {
        acts.push(act);
        return Promise.resolve(act.seen);
      },
      declare: unused,
      record: unused,
      review: unused,
      until: unused,
      ...cluster,
    },
    recent: new Recent(clock),
    later: () => undefined,
  };
  return { handler, acts, opened };
}
