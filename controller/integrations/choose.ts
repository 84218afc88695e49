import type { Integration } from '../api/integration.gen.ts';
import { type Choice } from '../capabilities/reach.ts';
import { capabilities, type Kind } from '../capabilities/capabilities.ts';
import { bind } from './registry.ts';

/** An Integration in reach, as far as choosing looks at it. */
export interface Candidate {
  readonly name: string;
  /** Its spec.default. */
  readonly isDefault: boolean;
  /** It is in the namespace of the object that it would serve, not in the release namespace. */
  readonly isOwn: boolean;
  /** Why its vendor or its server cannot do the kind, in a sentence. Absent: it can. */
  readonly lack?: string | undefined;
  /** This version does not know its vendor, nor so what it can do. */
  readonly isUnknown?: boolean;
}

/**
 * The Integration that is named; else the only one that can; else the only one of those that can with spec.default; else,
 * of several defaults, the only one of the object's own namespace.
 * @param field of the ResponsePolicy that would name one
 */
export function choose(
  kind: Kind,
  candidates: readonly Candidate[],
  named: string | undefined,
  field: string | undefined,
): Choice {
  if (named !== undefined) return chooseNamed(kind, candidates, named);
  const able = candidates.filter(({ lack }) => lack === undefined);
  const defaults = able.filter(({ isDefault }) => isDefault);
  const ownDefaults = defaults.filter(({ isOwn }) => isOwn);
  const only = [able, defaults, ownDefaults].find(({ length }) => length === 1)?.[0];
  if (only) return { name: only.name };
  const unknown = candidates.filter(({ isUnknown }) => isUnknown);
  if (able.length === 0 && unknown.length > 0) return unknownVendor(unknown);
  if (able.length === 0)
    return { none: { reason: 'NotConfigured', message: `No Integration in reach does ${capabilities[kind].plural}.` } };
  const names = able.map(({ name }) => name).toSorted();
  return {
    ambiguous: { reason: 'Ambiguous', message: ambiguity(kind, names, defaults.length > 0, field) },
    candidates: names,
  };
}

function chooseNamed(kind: Kind, candidates: readonly Candidate[], named: string): Choice {
  const found = candidates.find(({ name }) => name === named);
  if (!found)
    return {
      none: {
        reason: 'NotConfigured',
        message: `Integration ${named}, which is to do ${capabilities[kind].plural}, is not in reach.`,
      },
    };
  if (found.isUnknown) return unknownVendor([found]);
  return found.lack === undefined ? { name: named } : { none: { reason: 'NotSupported', message: found.lack } };
}

/** They may be what should do it: a person has to say which vendor they are of. */
function unknownVendor(candidates: readonly Candidate[]): Choice {
  const names = candidates.map(({ name }) => name).toSorted();
  const message = `No vendor that this version knows is stated in spec.provider of Integration ${names.join(', ')}. Apply it again with one.`;
  return { ambiguous: { reason: 'UnknownVendor', message }, candidates: names };
}

function ambiguity(kind: Kind, names: readonly string[], hasDefaults: boolean, field: string | undefined): string {
  const naming = field === undefined ? '' : `Name one in ${field} of the ResponsePolicy, or set`;
  const what = hasDefaults ? 'several of them have spec.default' : 'nothing says which to use';
  const todo = `${naming || 'Set'} spec.default: true in ${hasDefaults ? 'only one' : 'one'} of them.`;
  return `Integrations ${listed(names)} do ${capabilities[kind].plural}, and ${what}. ${todo}`;
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/**
 * Those that serve objects of `namespace`: its own, and those of the release namespace that are for all. By name; of two
 * with one name only the namespace's own.
 */
export function inReach(all: readonly Integration[], releaseNamespace: string, namespace: string): Integration[] {
  const shared = all.filter(
    ({ metadata, spec }) => metadata.namespace === releaseNamespace && spec.allowedNamespaces.from === 'All',
  );
  const own = all.filter(({ metadata }) => metadata.namespace === namespace);
  const byName = new Map([...shared, ...own].map((each) => [each.metadata.name, each]));
  return [...byName.values()].toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Its vendor cannot do that, which is known before it connects. False as well where this version does not know the vendor. */
export function vendorLacks(integration: Integration, kind: Kind): boolean {
  const bound = bind(integration);
  return bound !== undefined && !bound.vendor.can.ports.includes(kind);
}
