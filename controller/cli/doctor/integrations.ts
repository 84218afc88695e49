import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { secrets as secretsResource } from '../../cluster/resources.ts';
import type { Bound } from '../../integrations/bound.ts';
import { credentialsOf, unknownVendor, type CredentialSecret } from '../../integrations/credentials.ts';
import { fine, unknown, wrong, type Finding } from '../../integrations/kit/finding.ts';
import { http } from '../../integrations/kit/http.ts';
import type { Secrets, VendorFacts } from '../../integrations/kit/vendor.ts';
import { bind } from '../../integrations/registry.ts';
import { reasonLine } from '../../reasons/reasons.ts';
import { systemClock, type Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { KubeObject } from '../../runtime/kube-object.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import type { AnyReason } from '../../runtime/reasons.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';

/** Everything about one Integration that can be known by reading. */
export async function integrationFindings(
  { client }: Cluster,
  integration: Integration,
  policies: readonly ResponsePolicy[],
  now: () => Instant,
): Promise<readonly Finding[]> {
  const { namespace, name } = integration.metadata;
  const about = `Integration ${namespace}/${name}`;
  const bound = bind(integration);
  if (!bound) return [wrong(about, unknownVendor.message, advice(unknownVendor.reason))];
  const maturity = maturityOf(about, bound.vendor);
  let secret: CredentialSecret | undefined;
  try {
    secret = await client.find<CredentialSecret & KubeObject>(secretsResource, integration.spec.secretRef.name, {
      namespace,
      timeout: requestTimeout,
    });
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    return [maturity, unknown(`${about} Secret`, 'you may not read it, so nothing of it is checked')];
  }
  const read = credentialsOf(integration, secret);
  if ('problem' in read) return [maturity, wrong(`${about} Secret`, read.problem.message, advice(read.problem.reason))];
  const values = read.secrets;
  const there = [maturity, fine(`${about} Secret`, `there, with ${Object.keys(values).toSorted().join(', ')}`)];
  const vendorHttp = http(systemClock);
  try {
    const found = await bound.doctor({
      about,
      name,
      secrets: values,
      account: integration.status?.account,
      policies,
      http: vendorHttp,
      timeout: requestTimeout,
      now,
      advice,
      check: () => connects(about, integration, bound, values),
    });
    return [...there, ...found];
  } finally {
    vendorHttp.close();
  }
}

function maturityOf(about: string, { title, maturity }: VendorFacts): Finding {
  return maturity === 'real'
    ? fine(about, `${title}, tried against the real service`)
    : unknown(about, `${title}, experimental: not yet tried against the real service`);
}

/** What the line of docs/reasons.md says to do. */
const advice = (reason: AnyReason): string => reasonLine(reason)?.todo ?? 'See docs/reasons.md.';

/** As the controller does it: the vendor's own check. */
async function connects(about: string, integration: Integration, bound: Bound, values: Secrets): Promise<Finding> {
  const connection = bound.connect(values, { clock: systemClock, install: 'doctor', log() {} });
  try {
    const account = await connection.check(AbortSignal.timeout(requestTimeout));
    const known = integration.status?.account;
    if (known && known.id !== account.id)
      return wrong(
        about,
        `the credentials are of ${account.name}, and everything recorded is at ${known.name}`,
        advice('AccountChanged'),
      );
    return fine(about, `reaches ${account.name}, and may read it`);
  } catch (error) {
    return wrong(about, phrase(error, 300), advice(error instanceof Rejected ? error.reason : 'Unreachable'));
  } finally {
    connection.close();
  }
}
