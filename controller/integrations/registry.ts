import type { Integration } from '../api/integration.gen.ts';
import type { Bound } from './bound.ts';
import { registry } from './registry.gen.ts';
import type { VendorFacts } from './kit/vendor.ts';

export const vendors: readonly VendorFacts[] = registry.map(({ vendor }) => vendor);

/** undefined: spec.provider is absent, or holds no vendor that this version knows. */
export function bind({ spec: { provider = {} } }: Integration): Bound | undefined {
  for (const each of registry) {
    const found = each.bind(provider);
    if (found) return found;
  }
  return undefined;
}
