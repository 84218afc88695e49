import { request } from 'undici';
import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { secrets as secretsResource } from '../../cluster/resources.ts';
import type { Bound } from '../../integrations/bound.ts';
import { credentialsOf, unknownVendor, type CredentialSecret } from '../../integrations/credentials.ts';
import { parseAddress } from '../../integrations/git/address.ts';
import { diagnose } from '../../integrations/git/remote.ts';
import { bind } from '../../integrations/registry.ts';
import type { Secrets, VendorFacts } from '../../integrations/kit/vendor.ts';
import { systemClock, type Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { KubeObject } from '../../runtime/kube-object.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { reasonLine } from '../../reasons/reasons.ts';
import type { AnyReason } from '../../runtime/reasons.ts';
import { needsOf } from '../slack/needs.ts';
import { fine, unknown, wrong, type Finding } from './finding.ts';
import { skew } from './skew.ts';
import { slack } from './slack.ts';

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
  if (integration.spec.provider?.slack) {
    const needs = needsOf(integration, policies);
    return [...there, ...(await slack({ about, integration, secrets: values, needs, policies, now }))];
  }
  return [
    ...there,
    await connects(about, integration, bound, values),
    ...(await particulars(about, integration, values, now)),
  ];
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

async function particulars(
  about: string,
  { spec }: Integration,
  values: Secrets,
  now: () => Instant,
): Promise<readonly Finding[]> {
  const { github, git } = spec.provider ?? {};
  if (github) return [await clockOf('GitHub', github.apiUrl, now)];
  return git ? [await mayPush(about, git.url, values)] : [];
}

async function clockOf(who: string, url: string, now: () => Instant): Promise<Finding> {
  try {
    const answer = await request(url, { method: 'HEAD', signal: AbortSignal.timeout(requestTimeout) });
    await answer.body.dump();
    const { date } = answer.headers;
    return skew(who, typeof date === 'string' ? date : undefined, now());
  } catch (error) {
    return unknown(`Clock against ${who}`, `no answer: ${phrase(error, 200)}`);
  }
}

/** git's own question before a push; nothing is sent. */
async function mayPush(about: string, url: string, values: Secrets): Promise<Finding> {
  const name = `${about} push`;
  try {
    const address = parseAddress(url);
    if (address.transport === 'ssh') return unknown(name, 'over ssh only a push shows whether it may');
    const refused = await diagnose(address, values['token'], 'git-receive-pack', AbortSignal.timeout(requestTimeout));
    return refused ? wrong(name, refused.message, advice(refused.reason)) : fine(name, 'the credentials may push');
  } catch (error) {
    return wrong(name, phrase(error, 300), advice(error instanceof Rejected ? error.reason : 'Unreachable'));
  }
}
