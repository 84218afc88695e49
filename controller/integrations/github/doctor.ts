import type { GithubOptions } from '../../api/integration.gen.ts';
import { phrase } from '../../runtime/outcome.ts';
import { unknown, type Finding } from '../kit/finding.ts';
import { causeOf } from '../kit/http.ts';
import { skew } from '../kit/skew.ts';
import type { DoctorVisit } from '../kit/vendor.ts';

/** The repository, and the server's clock: an App's token is refused when ours is off. */
export async function githubDoctor(visit: DoctorVisit<GithubOptions>): Promise<readonly Finding[]> {
  return [await visit.check(), await clock(visit)];
}

async function clock({ options, http, timeout, now }: DoctorVisit<GithubOptions>): Promise<Finding> {
  try {
    const init = { method: 'HEAD', signal: AbortSignal.timeout(timeout) };
    const { headers } = await http.send(options.apiUrl, init);
    return skew('GitHub', headers.get('date') ?? undefined, now());
  } catch (error) {
    return unknown('Clock against GitHub', `no answer: ${phrase(causeOf(error), 200)}`);
  }
}
