import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../api/schema.ts';
import { canonical } from '../../runtime/canonical.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { KubeObject, Resource } from '../../runtime/kube-object.ts';
import { patience, type Cluster } from '../cluster.ts';
import { fine, unknown, wrong, type Finding } from './finding.ts';

const admission = { namespaced: false, group: 'admissionregistration.k8s.io', version: 'v1' } as const;
const policies: Resource = { ...admission, plural: 'validatingadmissionpolicies' };
const bindings: Resource = { ...admission, plural: 'validatingadmissionpolicybindings' };
const file = new URL('../../../config/admission.yaml', import.meta.url);
const todo = 'kubectl apply -f config/';

/** Whether each admission policy is there as this version has it, and refuses what it judges wrong. */
export async function admissionPolicies({ client }: Cluster): Promise<readonly Finding[]> {
  const find = (resource: Resource, name: string): Promise<KubeObject | undefined> =>
    client.find<KubeObject>(resource, name, { timeout: patience });
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
          return wrong(about, 'installed, of another version than this', todo);
        if (!binding) return wrong(about, 'its binding is not installed, so that nothing is refused', todo);
        const { validationActions: actions } = specOf(binding);
        if (!Array.isArray(actions) || !actions.includes('Deny'))
          return wrong(about, 'its binding does not say Deny, so that nothing is refused', todo);
        return fine(about, 'installed, of this version, and in force');
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 403) throw error;
        return unknown(about, 'you may not read it');
      }
    }),
  );
}

/** What the API server adds nothing to. */
function rulesOf(policy: unknown): unknown {
  const { failurePolicy, variables, validations } = specOf(policy);
  return { failurePolicy, variables, validations };
}

function specOf(object: unknown): Readonly<Record<string, unknown>> {
  const spec = isRecord(object) ? object['spec'] : undefined;
  return isRecord(spec) ? spec : {};
}

function nameOf(object: unknown): string {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) ? String(metadata['name']) : '';
}
