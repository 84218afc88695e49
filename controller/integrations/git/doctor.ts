import type { GitOptions } from '../../api/integration.gen.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import { fine, unknown, wrong, type Finding } from '../kit/finding.ts';
import type { DoctorVisit } from '../kit/vendor.ts';
import { parseAddress } from './address.ts';
import { diagnose } from './remote.ts';

/** The branch, and the right to push. */
export async function gitDoctor(visit: DoctorVisit<GitOptions>): Promise<readonly Finding[]> {
  return [await visit.check(), await mayPush(visit)];
}

/** git's own question before a push; nothing is sent. */
async function mayPush({ about, options, secrets, timeout, advice }: DoctorVisit<GitOptions>): Promise<Finding> {
  const name = `${about} push`;
  try {
    const address = parseAddress(options.url);
    if (address.transport === 'ssh') return unknown(name, 'over ssh only a push shows whether it may');
    const refused = await diagnose(address, secrets['token'], 'git-receive-pack', AbortSignal.timeout(timeout));
    return refused ? wrong(name, refused.message, advice(refused.reason)) : fine(name, 'the credentials may push');
  } catch (error) {
    return wrong(name, phrase(error, 300), advice(error instanceof Rejected ? error.reason : 'Unreachable'));
  }
}
