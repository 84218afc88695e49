import type { Change, Incident, IncidentSpec } from '../api/incident.gen.ts';
import { KubeError, type Cause } from '../runtime/kube-errors.ts';
import { canonical } from '../runtime/canonical.ts';
import { rule } from '../runtime/mutation.ts';

/** What can be wanted of a live incident. Values are absolute, so a repeat changes nothing. */
export type Wish = Partial<
  Pick<IncidentSpec, 'title' | 'customerSummary' | 'severity' | 'state' | 'resolution' | 'duplicateOf' | 'links'>
> & {
  /** null: none any more. */
  readonly description?: string | null;
  readonly level?: number;
  /** A role and who takes it; null: nobody any more. */
  readonly roles?: Readonly<Record<string, string | null>>;
};

export interface Act {
  readonly namespace: string;
  readonly name: string;
  /** The object that the actor looked at: what is replaced must still be as shown there. */
  readonly seen: Incident;
  readonly wish: Wish;
  /** Who, why and by what way; `id` names the cause, so the same cause never acts twice. */
  readonly change: Change;
  /** The timeline tells of this very act already; others have acted since. */
  readonly told?: boolean;
}

export interface ActDeps {
  get(namespace: string, name: string): Promise<Incident>;
  /** A JSON Patch (RFC 6902). Throws KubeError. */
  patch(namespace: string, name: string, operations: readonly Operation[]): Promise<Incident>;
}

export type Operation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** Somebody changed it since the actor looked. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
  /** As in the CRD: `spec.severity`. */
  readonly field: string;
  readonly now: Incident;

  constructor(field: string, now: Incident) {
    super(`${field} was changed meanwhile; look at it as it is now, then decide again.`);
    this.field = field;
    this.now = now;
  }
}

/** This very act was done already, and not with these values: a second press with other words, or somebody edited since. */
export class DoneAlready extends Error {
  override readonly name = 'DoneAlready';
  readonly now: Incident;

  constructor(now: Incident) {
    super('This was saved already, as it was at the first press; look at it as it is now, then decide again.');
    this.now = now;
  }
}

/** The API server's rules refuse it, each cause at its field. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly causes: readonly Cause[];

  constructor(error: KubeError) {
    super(error.causes.map((c) => c.message).join(' ') || error.message, { cause: error });
    this.causes = error.causes;
  }
}

/**
 * The one way by which people, receivers, timers and commits change an Incident: one guarded write that tests what the
 * actor saw and carries who and why. Returns the object as it is afterwards; a wish that is already so writes nothing.
 * @throws Overtaken, DoneAlready, Refused, KubeError, KubeUnreachable
 */
export async function act(deps: ActDeps, wanted: Act): Promise<Incident> {
  const { namespace, name, seen, wish, change, told = false } = wanted;
  const fields = fieldsOf(wish);
  const done = await actAsSeen(deps, wanted);
  if (done) return done;
  const current = await deps.get(namespace, name);
  if (current.metadata.uid !== seen.metadata.uid) throw new Overtaken('metadata.uid', current);
  if (fields.every(({ path, value }) => same(at(current, path), value))) return current;
  if (isDone(current, change, told)) throw new DoneAlready(current);
  const changed = fields.find(({ path }) => !same(at(current, path), at(seen, path)));
  if (changed) throw new Overtaken(changed.path.slice(1).join('.'), current);
  try {
    return await deps.patch(namespace, name, operations(current, fields, change));
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 422) throw error;
    const now = await deps.get(namespace, name);
    if (now.spec.change?.id === change.id) {
      if (fields.every(({ path, value }) => same(at(now, path), value))) return now;
      throw new DoneAlready(now);
    }
    const overtaken = fields.find(({ path }) => !same(at(now, path), at(seen, path)));
    if (overtaken || now.metadata.uid !== seen.metadata.uid)
      throw new Overtaken((overtaken?.path ?? ['', 'metadata', 'uid']).slice(1).join('.'), now);
    throw new Refused(error);
  }
}

/** What was done once is not done again: the timeline tells of it, or it is the last change. */
const isDone = rule(
  ({ spec }: Incident, change: Change, told: boolean): boolean => told || spec.change?.id === change.id,
  { 'does once more what the timeline tells of': ({ spec }, change) => spec.change?.id === change.id },
);

/**
 * One write and no look, for the usual case that nobody changed anything since the actor looked. Undefined: the API server
 * holds something else than what the actor saw, or it is so already.
 */
async function actAsSeen(
  deps: ActDeps,
  { namespace, name, seen, wish, change, told = false }: Act,
): Promise<Incident | undefined> {
  const fields = fieldsOf(wish);
  if (told || seen.spec.change?.id === change.id || fields.every(({ path, value }) => same(at(seen, path), value)))
    return undefined;
  const nobodyElse: Operation = { op: 'test', path: '/spec/change', value: seen.spec.change ?? null };
  try {
    return await deps.patch(namespace, name, [nobodyElse, ...operations(seen, fields, change)]);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 422) throw error;
    // A test that fails has no causes; a rule that refuses has, and is asked only once all tests have passed.
    if (error.causes.length > 0) throw new Refused(error);
    return undefined;
  }
}

interface Field {
  /** Starts with an empty part, as a JSON pointer does. */
  readonly path: readonly string[];
  readonly value: unknown;
}

function fieldsOf({ level, roles = {}, ...plain }: Wish): Field[] {
  return [
    ...Object.entries(plain).map(([field, value]) => ({ path: ['', 'spec', field], value: value ?? undefined })),
    ...(level === undefined ? [] : [{ path: ['', 'spec', 'escalation', 'level'], value: level }]),
    ...Object.entries(roles).map(([role, who]) => ({ path: ['', 'spec', 'roles', role], value: who ?? undefined })),
  ];
}

function operations(current: Incident, fields: readonly Field[], change: Change): Operation[] {
  const result: Operation[] = [{ op: 'test', path: '/metadata/uid', value: current.metadata.uid }];
  if (fields.some(({ path }) => path[2] === 'roles') && !current.spec.roles)
    result.push({ op: 'test', path: '/spec/roles', value: null }, { op: 'add', path: '/spec/roles', value: {} });
  for (const { path, value } of fields) {
    const pointer = path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const before = at(current, path);
    // What is absent passes a test for null: the API server's json-patch takes a missing member for null.
    result.push({ op: 'test', path: pointer, value: before ?? null });
    if (value !== undefined) result.push({ op: 'add', path: pointer, value });
    else if (before !== undefined) result.push({ op: 'remove', path: pointer });
  }
  if (wantsReopening(current, fields) && current.spec.resolution)
    result.push({ op: 'remove', path: '/spec/resolution' });
  result.push({ op: 'add', path: '/spec/change', value: change });
  return result;
}

/** A state before Resolved takes the resolution away with it: the next close needs words of its own. */
const wantsReopening = ({ spec }: Incident, fields: readonly Field[]): boolean =>
  spec.state === 'Resolved' && fields.some(({ path, value }) => path[2] === 'state' && value !== 'Resolved');

function at(object: Incident, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const part of path.slice(1)) value = isFields(value) ? value[part] : undefined;
  return value;
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
