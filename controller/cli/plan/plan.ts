import { isUpdateOf } from '../../timeline/identity.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { KindName, Kinds } from '../../api/kinds.gen.ts';
import { formatProblem, type Problem } from '../../api/problems.ts';
import { validateFile } from '../../api/validate.ts';
import { readConfig } from '../../config.ts';
import type { Instant } from '../../runtime/clock.ts';
import { noCluster, withClusterIfAny } from '../cluster.ts';
import { documentsOf, readInputs, type Declared } from '../files.ts';
import { CliError, type Io } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { printPlan, summaryOf, type Titled } from './print.ts';
import { planAsData } from './data.ts';
import { simulate, type IncidentPlan } from './simulate.ts';
import { clusterWorld, emptyWorld, type World } from './world.ts';

/** Prints what the declared incidents would do outside. @returns the exit code: 1 when a file is wrong or would be refused */
export async function plan(files: readonly string[], options: PlanOptions, io: Io): Promise<number> {
  const declared = await readDeclared(files, options, io);
  if ('problems' in declared) return refuse(declared.problems, io);
  const now = io.now();
  const made = options.offline
    ? noCluster
    : await withClusterIfAny(options, (cluster) =>
        planIn(
          clusterWorld(cluster, now, (text) => io.err(`allclear: ${text}`)),
          declared.all,
          now,
          io,
        ),
      );
  const plans =
    made === noCluster
      ? await planIn(emptyWorld(usualNamespace(declared.all, options), now), declared.all, now, io)
      : made;
  if ('problems' in plans) return refuse(plans.problems, io);
  const offline = made === noCluster;
  if (options.output === 'json') io.out(JSON.stringify(planAsData(plans.plans, offline), undefined, 2));
  else io.out([...plans.plans.flatMap((each) => [...printPlan(each), '']), summaryOf(plans.plans, offline)].join('\n'));
  return 0;
}

function refuse(problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.err(formatProblem(problem));
  return 1;
}

type Wrong = { readonly problems: readonly Problem[] };

async function readDeclared(
  files: readonly string[],
  options: PlanOptions,
  io: Io,
): Promise<{ readonly all: readonly Declared[] } | Wrong> {
  const inputs = await readInputs([...files, ...(options.policy ?? [])], io);
  const named = inputs.files.filter(({ found }) => found !== true);
  const problems = named.flatMap(({ text, path }) => validateFile(text, path));
  if (problems.length > 0) return { problems };
  const all = inputs.files.flatMap((file) => documentsOf(file).ours);
  if (!all.some(({ kind }) => kind === 'Incident' || kind === 'IncidentUpdate'))
    throw new CliError(`there is no Incident and no IncidentUpdate in ${files.join(', ')}: nothing to plan`);
  for (const { file, kind, object } of all) {
    const { name = object.metadata.generateName ?? '', namespace } = object.metadata;
    if (namespace !== undefined && options.namespace !== undefined && namespace !== options.namespace)
      throw new CliError(
        `${file}: ${kind} ${name} is of namespace ${namespace}, and --namespace says ${options.namespace}`,
      );
  }
  return { all };
}

/** Without a cluster: the first namespace that any of the documents states, so that they find each other. */
const usualNamespace = (all: readonly Declared[], options: PlanOptions): string =>
  options.namespace ??
  all.map(({ object }) => object.metadata.namespace).find((name) => name !== undefined) ??
  'default';

async function planIn(
  world: World,
  all: readonly Declared[],
  now: Instant,
  io: Io,
): Promise<{ readonly plans: readonly Titled[] } | Wrong> {
  const problems: Problem[] = [];
  const applied = async <K extends KindName>(kind: K): Promise<{ object: Kinds[K]; live?: Kinds[K] }[]> => {
    const results = [];
    for (const declared of all.filter((each) => each.kind === kind)) {
      const result = await world.apply(kind, declared);
      if ('object' in result) results.push(result);
      else
        problems.push(...result.refusals.map(({ field, path, message }) => problemOf(declared, field, path, message)));
    }
    return results;
  };
  const [policies, integrations] = [await applied('ResponsePolicy'), await applied('Integration')];
  const [incidents, updates] = [await applied('Incident'), await applied('IncidentUpdate')];
  if (problems.length > 0) return { problems };
  const config = readConfig(io.env);
  const plans: Titled[] = [];
  for (const { object: incident, live } of [...incidents, ...(await incidentsOf(updates, incidents, world))]) {
    const { namespace, name } = incident.metadata;
    const places = [...new Set([namespace, config.namespace])];
    const ofCluster = (await Promise.all(places.map((place) => world.list('Integration', place)))).flat();
    const input = {
      incident,
      ...(live === undefined ? {} : { live }),
      updates: overlaid(await world.updates(namespace, name), updates).filter((u) => isUpdateOf(u, incident)),
      policies: overlaid(await world.list('ResponsePolicy', namespace), policies).filter(
        ({ metadata }) => metadata.namespace === namespace,
      ),
      integrations: overlaid(ofCluster, integrations),
      releaseNamespace: config.namespace,
      install: config.install,
      reviewInterval: config.reviewInterval,
      now,
    };
    const made: IncidentPlan = await simulate(input);
    plans.push({ plan: made, isNew: live === undefined, notes: notesOf(made, input) });
  }
  return { plans };
}

const problemOf = (
  declared: Declared,
  field: string,
  path: Parameters<Declared['line']>[0],
  message: string,
): Problem => ({
  file: declared.file,
  line: declared.line(path),
  field,
  message: `the API server would refuse it: ${message}`,
});

/** Those of the cluster that only an update in the files speaks of: planned as they are. */
async function incidentsOf(
  updates: readonly { readonly object: IncidentUpdate }[],
  known: readonly { readonly object: Incident }[],
  world: World,
): Promise<{ object: Incident; live: Incident }[]> {
  const found = new Map<string, Incident>();
  for (const { object } of updates) {
    if (known.some((each) => isUpdateOf(object, each.object))) continue;
    const { namespace } = object.metadata;
    const { name } = object.spec.incidentRef;
    const incident = await world.incident(namespace, name);
    if (!incident)
      throw new CliError(
        `IncidentUpdate ${object.metadata.name} is of Incident ${name}, which is neither in the files nor in namespace ${namespace} of a cluster`,
      );
    found.set(`${namespace}/${name}`, incident);
  }
  return [...found.values()].map((incident) => ({ object: incident, live: incident }));
}

/** The cluster's objects, each replaced by the one of its name in the files. */
function overlaid<T extends { metadata: { namespace: string; name: string } }>(
  ofCluster: readonly T[],
  declared: readonly { readonly object: T }[],
): T[] {
  const key = ({ metadata }: T): string => `${metadata.namespace}/${metadata.name}`;
  return [
    ...new Map([...ofCluster, ...declared.map(({ object }) => object)].map((each) => [key(each), each])).values(),
  ];
}

/** What a reader should know beside the effects. */
function notesOf(
  { policy, incident }: IncidentPlan,
  { integrations }: { readonly integrations: readonly Kinds['Integration'][] },
): string[] {
  const missing = policy.missing;
  const unready = integrations.flatMap(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready === undefined || ready.status === 'True') return [];
    return [`Integration ${metadata.name} is not ready: ${ready.reason}: ${ready.message} Its effects wait for that.`];
  });
  return [
    ...(missing === undefined ? [] : [`There is no ResponsePolicy ${missing}; the default rules hold meanwhile.`]),
    ...(incident.metadata.deletionTimestamp === undefined ? [] : ['It is being deleted.']),
    ...(integrations.length > 0
      ? []
      : ['No Integration is known, so that nothing is done outside. Name files with some by --policy.']),
    ...unready,
  ];
}
