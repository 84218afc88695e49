import type { Incident } from '../../api/incident.gen.ts';
import type { ResponsePolicy, ResponsePolicySpec } from '../../api/response-policy.gen.ts';

/** The rules that hold for one incident. Without any ResponsePolicy: no name, nothing set, every default. */
export interface Policy {
  readonly name?: string;
  readonly spec: Partial<ResponsePolicySpec>;
  /** The incident names a policy that does not exist; the default rules hold meanwhile. */
  readonly missing?: string;
}

/** The policy that the incident names; else of those that match the highest priority, then the first by name; else none. */
export function choosePolicy(incident: Incident, policies: readonly ResponsePolicy[]): Policy {
  const named = incident.spec.policyRef?.name;
  if (named !== undefined) {
    const found = policies.find((p) => p.metadata.name === named);
    return found ? { name: named, spec: found.spec } : { spec: {}, missing: named };
  }
  const [best] = policies
    .filter((p) => matches(incident, p.spec.match))
    .toSorted((a, b) => b.spec.priority - a.spec.priority || (a.metadata.name < b.metadata.name ? -1 : 1));
  return best ? { name: best.metadata.name, spec: best.spec } : { spec: {} };
}

/** Every stated condition holds; a policy without any matches all. */
function matches(incident: Incident, match: ResponsePolicySpec['match']): boolean {
  if (!match) return true;
  const { severities, services, modes, labels } = match;
  const own = incident.metadata.labels ?? {};
  return (
    (!severities?.length || severities.includes(incident.spec.severity)) &&
    (!services?.length || services.some((s) => incident.spec.services?.includes(s))) &&
    (!modes?.length || modes.includes(incident.spec.mode)) &&
    Object.entries(labels ?? {}).every(([key, value]) => own[key] === value)
  );
}

/** A duration as Kubernetes writes it (`90s`, `15m`, `1h30m`) in milliseconds. The CRD's pattern holds the form. */
export function parseDuration(text: string): number {
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  return total;
}
