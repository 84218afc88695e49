import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../api/schema.ts';
import { fine, unknown, wrong, type Finding } from '../../integrations/kit/finding.ts';
import { canonical } from '../../runtime/canonical.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { KubeObject, Resource } from '../../runtime/kube-object.ts';
import { requestTimeout } from '../cluster.ts';

const admission = { namespaced: false, group: 'admissionregistration.k8s.io', version: 'v1' } as const;
const policies: Resource = { ...admission, plural: 'validatingadmissionpolicies' };
const bindings: Resource = { ...admission, plural: 'validatingadmissionpolicybindings' };
const file = new URL('../../../config/admission.yaml', import.meta.url);
const todo = 'kubectl apply -f config/';
/** What somebody else added stays when it is only applied. */
const redo = 'kubectl replace -f config/admission.yaml';

interface Reader {
  find(resource: Resource, name: string, options: { readonly timeout: number }): Promise<KubeObject | undefined>;
}

/** Whether each admission policy is there as this version has it, and refuses what it judges wrong. */
export async function admissionPolicies({ client }: { readonly client: Reader }): Promise<readonly Finding[]> {
  const find = (resource: Resource, name: string): Promise<KubeObject | undefined> =>
    client.find(resource, name, { timeout: requestTimeout });
  const ours = parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document): unknown => document.toJSON())
    .filter((each) => isRecord(each) && each['kind'] === 'ValidatingAdmissionPolicy');
  return Promise.all(
    ours.map(async (policy) => {
      const name = nameOf(policy);
      const about = `Admission policy ${name}`;
      try {
        const [there, binding] = [await find(policies, name), await find(bindings, name)];
        if (!there)
          return wrong(about, 'it is not installed: whoever may create an IncidentUpdate can write in any name', todo);
        if (canonical(rulesOf(there)) !== canonical(rulesOf(policy)))
          return wrong(about, 'installed, of another version than this, or changed since', redo);
        if (!binding) return wrong(about, 'its binding is not installed, so that nothing is refused', todo);
        const { validationActions: actions, ...bound } = specOf(binding);
        if (!Array.isArray(actions) || !actions.includes('Deny'))
          return wrong(about, 'its binding does not say Deny, so that nothing is refused', todo);
        const other = Object.entries(reachOf(bound, name)).find(([, isOurs]) => !isOurs)?.[0];
        if (other !== undefined)
          return wrong(about, `its binding has another ${other} than ours, so that it does not hold everywhere`, redo);
        return fine(about, 'installed, of this version, and in force');
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 403) throw error;
        return unknown(about, 'you may not read it');
      }
    }),
  );
}

/** What is judged, and how; with what the API server fills in. */
function rulesOf(policy: unknown): unknown {
  const { failurePolicy, variables, validations, matchConstraints, matchConditions = [], paramKind } = specOf(policy);
  return { failurePolicy, variables, validations, matches: filledIn(matchConstraints), matchConditions, paramKind };
}

function filledIn(matches: unknown): unknown {
  const { resourceRules, ...more } = isRecord(matches) ? matches : {};
  const rules: readonly unknown[] = Array.isArray(resourceRules) ? resourceRules : [];
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    ...more,
    resourceRules: rules.map((rule) => (isRecord(rule) ? { scope: '*', ...rule } : rule)),
  };
}

/** Whether each field of a binding leaves the policy its whole reach. */
const reachOf = ({ policyName, matchResources, paramRef }: Readonly<Record<string, unknown>>, name: string) => ({
  policyName: policyName === name,
  matchResources: canonical(filledIn(matchResources)) === canonical(filledIn({})),
  paramRef: paramRef === undefined,
});

function specOf(object: unknown): Readonly<Record<string, unknown>> {
  const spec = isRecord(object) ? object['spec'] : undefined;
  return isRecord(spec) ? spec : {};
}

function nameOf(object: unknown): string {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) ? String(metadata['name']) : '';
}
