import type { Integration } from '../api/integration.gen.ts';
import { credentialsType, hostsAnnotation } from '../api/names.ts';
import type { Bound } from './bound.ts';
import { bind } from './registry.ts';
import type { AnyReason } from '../runtime/reasons.ts';
import type { Secrets } from './kit/vendor.ts';

/** A Secret as far as an Integration reads it. */
export interface CredentialSecret {
  readonly type?: string;
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** Why an Integration is not connected. */
export interface Problem {
  readonly reason: AnyReason;
  readonly message: string;
  /** Only a person can mend it; time alone can't. */
  readonly terminal: boolean;
}

/** The values of an Integration's Secret, if they may be sent where it says. */
export function credentialsOf(
  integration: Integration,
  secret: CredentialSecret | undefined,
): { readonly secrets: Secrets } | { readonly problem: Problem } {
  const bound = bind(integration);
  if (!bound) return { problem: unknownVendor };
  const problem = refuseSecret(integration, bound, secret);
  return problem ? { problem } : { secrets: decode(secret?.data ?? {}) };
}

export const unknownVendor: Problem = {
  reason: 'UnknownVendor',
  message:
    'spec.provider names no vendor that this version knows. Apply the Integration again, with one under spec.provider.',
  terminal: true,
};

/** Destination and credential are one decision, made by whoever owns the Secret. */
export function refuseSecret(
  integration: Integration,
  bound: Bound,
  secret: CredentialSecret | undefined,
): Problem | undefined {
  const refused = refusalOf(integration, bound, secret);
  return refused && { ...refused, terminal: true };
}

function refusalOf(
  integration: Integration,
  bound: Bound,
  secret: CredentialSecret | undefined,
): Omit<Problem, 'terminal'> | undefined {
  const name = integration.spec.secretRef.name;
  if (!secret)
    return {
      reason: 'SecretNotFound',
      message: `There is no Secret ${name} in namespace ${integration.metadata.namespace}; create it with type ${credentialsType}.`,
    };
  if (secret.type !== credentialsType)
    return {
      reason: 'SecretWrongType',
      message: `Secret ${name} is of type ${secret.type ?? 'Opaque'}; only type ${credentialsType} is ever sent anywhere.`,
    };
  const allowed = (secret.metadata.annotations?.[hostsAnnotation] ?? '').split(',').map((h) => h.trim());
  const missing = bound.hosts.filter((host) => !allowed.includes(host));
  if (missing.length > 0)
    return {
      reason: 'HostNotAllowed',
      message: `Secret ${name} may not be sent to ${missing.join(' and ')}; its annotation ${hostsAnnotation} lists where it may.`,
    };
  const keys = Object.keys(decode(secret.data ?? {}));
  if (!bound.secretKeys.some((set) => set.every((k) => keys.includes(k)))) {
    const sets = bound.secretKeys.map((set) => set.join(' and ')).join(', or ');
    return {
      reason: 'SecretKeyMissing',
      message: `Secret ${name} needs the keys ${sets}; it has ${keys.join(', ') || 'none'}.`,
    };
  }
  return undefined;
}

/** A key without a value, as a variable that was not set leaves it, is none. */
export const decode = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data)
      .map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8').trim()] as const)
      .filter(([, value]) => value !== ''),
  );
