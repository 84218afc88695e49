import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident, IncidentSpec } from '../../controller/api/incident.gen.ts';
import type { Condition } from '../../controller/api/meta.ts';
import { apiVersion } from '../../controller/api/names.ts';
import type { Mutation } from '../../controller/runtime/mutation.ts';
import type { Kubectl } from '../cluster/kubectl.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import { type FaultProxy, startFaultProxy } from '../emulators/faults.ts';
import { type GitHub, startGitHub } from '../emulators/github.ts';
import { type Slack, type SlackOptions, startSlack } from '../emulators/slack.ts';
import { type ControllerProcess, startController } from './controller-process.ts';
import { integrationObjects, policyObject, repository } from './integrations.ts';
import { type Objects, objectsIn } from './objects.ts';
import { until } from './until.ts';

export interface WorldOptions {
  /** For the first controller. */
  readonly env?: Readonly<Record<string, string>>;
  /** Laid over the usual ResponsePolicy; null: there is none. */
  readonly policy?: object | null;
  /** Run once the Integrations are applied, before the first controller starts. */
  readonly before?: (world: Unstarted) => Promise<void>;
  /** Instead of the three usual Integrations and their Secrets. */
  readonly objects?: (world: Pick<World, 'namespace' | 'slack' | 'github'>) => readonly object[];
  readonly slack?: SlackOptions;
  /** The broken rule that every controller of this world runs with. */
  readonly mutation?: Mutation;
}

/** A namespace of its own on the shared API server, Slack and GitHub of its own, and a controller that leads there. */
export interface World {
  readonly namespace: string;
  readonly slack: Slack;
  /** The controller reaches it through `faults`. */
  readonly github: GitHub;
  readonly faults: FaultProxy;
  readonly kubectl: Kubectl;
  readonly objects: Objects;
  /** The one started last. */
  readonly controller: ControllerProcess;
  /** Everything that any controller of this world has written out. */
  logs(): string;
  /** Starts one more controller; it may have to wait for the Lease. */
  start(env?: Readonly<Record<string, string>>, main?: string): ControllerProcess;
  /** After the death of a leader: another takes over at once, and leads when this resolves. */
  succeed(env?: Readonly<Record<string, string>>, main?: string): Promise<ControllerProcess>;
  /** Declares an Incident and returns its name. */
  declare(spec?: Partial<IncidentSpec>, name?: string): Promise<string>;
  incident(name?: string): Promise<Incident>;
  edit(spec: object, name?: string): Promise<Incident>;
  /** Asks until the incident, as the API server has it, satisfies `is`. */
  sees(what: string, is: (incident: Incident) => boolean, name?: string, most?: number): Promise<Incident>;
  /** Until Ready is True for today's generation. */
  ready(name?: string, most?: number): Promise<Incident>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A world that no controller has seen yet. */
export type Unstarted = Pick<World, 'namespace' | 'slack' | 'github' | 'kubectl' | 'objects'>;

/** The name of the incident unless a test says otherwise. */
const usual = 'login';

export async function startWorld(cluster: SharedCluster, options: WorldOptions = {}): Promise<World> {
  const [namespace, slack, real] = await Promise.all([
    cluster.newNamespace(),
    startSlack(options.slack),
    startGitHub(repository),
  ]);
  const faults = await startFaultProxy(real.apiUrl, { name: 'GitHub' });
  // `received` and the other truths stay those of the emulator itself.
  const github: GitHub = { ...real, apiUrl: faults.url, gitUrl: real.gitUrl.replace(real.apiUrl, faults.url) };
  const objects = objectsIn(cluster, namespace);
  const { kubectl } = cluster;
  const outside = options.objects
    ? options.objects({ namespace, slack, github })
    : integrationObjects(namespace, { slack, slackUrl: slack.url, github });
  const policy = options.policy === null ? [] : [policyObject(namespace, options.policy)];
  if (outside.length + policy.length > 0) await kubectl.apply([...outside, ...policy]);
  await options.before?.({ namespace, slack, github, kubectl, objects });

  const controllers: ControllerProcess[] = [];
  const start = (env: Readonly<Record<string, string>> = {}, main?: string): ControllerProcess => {
    const controller = startController(
      {
        KUBECONFIG: cluster.kubeconfig,
        ALLCLEAR_NAMESPACE: namespace,
        ALLCLEAR_REVIEW_INTERVAL_SECONDS: '0.5',
        ...(options.mutation === undefined ? {} : { ALLCLEAR_TEST_MUTANT: options.mutation }),
        ...env,
      },
      main === undefined ? {} : { main },
    );
    controllers.push(controller);
    return controller;
  };
  const current = (): ControllerProcess => {
    const last = controllers.at(-1);
    if (!last) throw new Error('no controller was started');
    return last;
  };

  const world: World = {
    namespace,
    slack,
    github,
    faults,
    kubectl,
    objects,
    get controller() {
      return current();
    },
    logs: () =>
      controllers.flatMap(({ log, errors }) => [...log.map((line) => JSON.stringify(line)), ...errors]).join('\n'),
    start,
    async succeed(env, main) {
      const next = start(env, main);
      await next.logged('synced');
      await objects.removeLease();
      await next.logged('leading');
      return next;
    },
    async declare(spec = {}, name = usual) {
      await kubectl.apply({
        apiVersion,
        kind: 'Incident',
        metadata: { namespace, name },
        spec: {
          title: 'Mobile app login errors',
          severity: 'SEV2',
          roles: { commander: 'ana@example.com' },
          links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/login' }],
          ...spec,
        },
      });
      return name;
    },
    incident: (name = usual) => objects.get('Incident', name),
    edit: (spec, name = usual) => objects.patch('Incident', name, { spec }),
    async sees(what, is, name = usual, most = 60_000) {
      let last: Incident | undefined;
      try {
        return await until(
          what,
          async () => {
            last = await objects.get('Incident', name);
            return is(last) ? last : undefined;
          },
          most,
        );
      } catch (error) {
        throw new Error(`${String(error)}\n${standing(last)}\n${newest(current())}`, { cause: error });
      }
    },
    ready: (name, most) => world.sees('Ready', isReady, name, most),
    async [Symbol.asyncDispose]() {
      await Promise.all(controllers.map(end));
      await Promise.all([slack.close(), faults.close(), objects.close()]);
      await real.close();
    },
  };
  const first = start(options.env);
  await first.logged('leading');
  return world;
}

export function isReady({ metadata, status }: Incident): boolean {
  return conditionOf({ status }, 'Ready')?.status === 'True' && status?.observedGeneration === metadata.generation;
}

export const conditionOf = (
  { status }: { readonly status?: { readonly conditions?: readonly Condition[] } | undefined },
  type: string,
): Condition | undefined => status?.conditions?.find((condition) => condition.type === type);

/** In order if it can within two seconds: a call that a test holds would keep it. */
async function end(controller: ControllerProcess): Promise<void> {
  controller.signal('SIGCONT');
  controller.signal('SIGTERM');
  await Promise.race([controller.ended, sleep(2_000)]);
  controller.signal('SIGKILL');
  await controller.ended;
}

/** What a person would look at first when an incident is not as expected. */
function standing(incident: Incident | undefined): string {
  const conditions = incident?.status?.conditions ?? [];
  const open = Object.entries(incident?.status?.effects ?? {}).filter(([, { state }]) => state !== 'Done');
  return [
    `generation ${incident?.metadata.generation} observed ${incident?.status?.observedGeneration}`,
    ...conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`),
    ...open.map(([key, entry]) => `${key}: ${JSON.stringify(entry)}`),
  ].join('\n');
}

const newest = ({ log, errors }: ControllerProcess): string =>
  [...log.slice(-15).map((line) => JSON.stringify(line)), ...errors].join('\n');
