import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, Resource } from '../../runtime/kube-object.ts';
import { admissionPolicies } from './admission.ts';
import type { Finding } from '../../integrations/kit/finding.ts';

interface Spec {
  readonly matchConstraints?: { readonly resourceRules: readonly object[] };
}

interface Installed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec;
}

const file = new URL('../../../config/admission.yaml', import.meta.url);
/** What the API server fills in. */
const defaults = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const name = 'incidents.allclear.dev';
const policy = 'ValidatingAdmissionPolicy';

/** Of the policy on incidents, once `change` was made to the spec of its policy or binding. */
async function found(kind: string, change: (spec: Spec) => object): Promise<Finding | undefined> {
  const stored = parseAllDocuments(readFileSync(file, 'utf8')).map((document): Installed => {
    const each: Installed = document.toJSON();
    const spec = each.kind === policy ? { ...each.spec, matchConstraints: defaulted(each.spec) } : each.spec;
    const isChanged = each.kind === kind && each.metadata.name === name;
    return { ...each, spec: isChanged ? { ...spec, ...change(spec) } : spec };
  });
  const find = async ({ plural }: Resource, named: string): Promise<KubeObject | undefined> => {
    const each = stored.find(
      (one) => `${one.kind.toLowerCase().replace(/y$/, 'ie')}s` === plural && one.metadata.name === named,
    );
    return each && { ...each, metadata: { ...each.metadata, uid: 'u', resourceVersion: '1' } };
  };
  const findings = await admissionPolicies({ client: { find } });
  return findings.find(({ about }) => about === `Admission policy ${name}`);
}

const rulesOf = ({ matchConstraints }: Spec): readonly object[] => matchConstraints?.resourceRules ?? [];
const defaulted = (spec: Spec): NonNullable<Spec['matchConstraints']> => ({
  ...defaults,
  resourceRules: rulesOf(spec).map((rule) => ({ ...rule, scope: '*' })),
});

describe('an admission policy', () => {
  it('is fine as the API server stores it', async () => {
    expect(await found(policy, () => ({}))).toMatchObject({
      ok: true,
      says: 'installed, of this version, and in force',
    });
    expect(await found(`${policy}Binding`, () => ({ matchResources: defaults }))).toMatchObject({ ok: true });
  });

  it.each<[string, (spec: Spec) => object]>([
    [
      'fewer operations',
      (spec) => ({
        matchConstraints: {
          ...defaults,
          resourceRules: rulesOf(spec).map((rule) => ({ ...rule, operations: ['CREATE'] })),
        },
      }),
    ],
    [
      'a selector of namespaces',
      (spec) => ({
        matchConstraints: { ...defaults, resourceRules: rulesOf(spec), namespaceSelector: { matchLabels: { a: 'b' } } },
      }),
    ],
    [
      'resources that it leaves out',
      (spec) => ({
        matchConstraints: { ...defaults, resourceRules: rulesOf(spec), excludeResourceRules: rulesOf(spec) },
      }),
    ],
    ['a condition', () => ({ matchConditions: [{ name: 'never', expression: 'false' }] })],
    ['parameters', () => ({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } })],
    ['another failurePolicy', () => ({ failurePolicy: 'Ignore' })],
  ])('is another one with %s', async (_, change) => {
    expect(await found(policy, change)).toMatchObject({
      ok: false,
      says: 'installed, of another version than this, or changed since',
      todo: 'kubectl replace -f config/admission.yaml',
    });
  });

  it.each<[string, object, string]>([
    ['for some namespaces', { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } }, 'matchResources'],
    [
      'for some resources',
      { matchResources: { ...defaults, resourceRules: [], excludeResourceRules: [{}] } },
      'matchResources',
    ],
    ['with parameters', { paramRef: { name: 'a', parameterNotFoundAction: 'Allow' } }, 'paramRef'],
    ['of another policy', { policyName: 'x' }, 'policyName'],
  ])('whose binding is one %s does not hold everywhere', async (_, change, field) => {
    expect(await found(`${policy}Binding`, () => change)).toMatchObject({
      ok: false,
      says: `its binding has another ${field} than ours, so that it does not hold everywhere`,
      todo: 'kubectl replace -f config/admission.yaml',
    });
  });
});
