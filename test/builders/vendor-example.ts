import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { withDefaults } from '../../controller/api/defaults.ts';
import type { Integration } from '../../controller/api/integration.gen.ts';

const docs = new URL('../../docs/', import.meta.url);

/** The Integration that a vendor's page shows, as YAML. */
export function exampleIn(vendor: string): string {
  const text = readFileSync(new URL(`${vendor}.md`, docs), 'utf8');
  const example = /```yaml\n(apiVersion: allclear\.dev\/v1alpha1\nkind: Integration\n[^`]*)```/.exec(text)?.[1];
  if (example === undefined) throw new Error(`docs/${vendor}.md shows no Integration`);
  return example;
}

/** The same as the API server would store it, in namespace `n`. */
export function exampleOf(vendor: string): Integration {
  const example = withDefaults('Integration', parse(exampleIn(vendor))) as unknown as Integration;
  return { ...example, metadata: { ...example.metadata, namespace: 'n' } };
}
