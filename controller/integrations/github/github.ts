import type { GithubOptions } from '../../api/integration.gen.ts';
import { seconds } from '../../runtime/clock.ts';
import { hostOf } from '../kit/host.ts';
import type { ClientTuning, NamesOf, Vendor } from '../kit/vendor.ts';
import { Rejected } from '../../runtime/outcome.ts';
import { githubLimits, timesLimits } from './budget.ts';
import { Client, type Tuning } from './client.ts';
import { commentPort } from './comment.ts';
import { githubDoctor } from './doctor.ts';
import { reviewPort } from './review.ts';
import { repositoryOf } from './shapes.ts';
import { ticketPort } from './ticket.ts';

const usual: Tuning = {
  limits: githubLimits,
  timeout: seconds(10),
  // The request's time limit, and as much again for a list that lags behind the write.
  settlingTime: seconds(20),
};

/** Without the install's word on something nothing is said of it. */
function paced({ rateFactor = 1, callTimeout, readLag }: ClientTuning = {}): Partial<Tuning> {
  return {
    ...(rateFactor === 1 ? {} : { limits: timesLimits(rateFactor) }),
    ...(callTimeout === undefined
      ? {}
      : { timeout: callTimeout, settlingTime: callTimeout + (readLag ?? usual.settlingTime - usual.timeout) }),
  };
}

/** GitHub with other limits: measurements switch the budget off, tests wait less. */
export function githubTuned(tuning: Partial<Tuning>): Vendor<GithubOptions> {
  return {
    name: 'github',
    title: 'GitHub',
    maturity: 'experimental',
    nouns: { ticket: 'issue', review: 'pull request' },
    can: { ports: ['ticket', 'comment', 'review'] },
    secretKeys: [['token'], ['appId', 'installationId', 'privateKey']],
    // An App signs in at the same host: its token of an installation comes from there.
    hosts: ({ apiUrl }) => [hostOf(apiUrl)],
    doctor: githubDoctor,
    connect(options, secrets, context) {
      const client = new Client(options, secrets, context, { ...usual, ...tuning, ...paced(context.tuning) });
      const names: NamesOf = context.names ?? (() => Promise.resolve((person) => person));
      return {
        capabilities: {
          ticket: ticketPort(client, names),
          comment: commentPort(client, names),
          review: reviewPort(client, (event, fields) => context.log(event, fields)),
        },
        async check(signal) {
          const data = await client.repository(() => client.read('GET /repos/{owner}/{repo}', {}, signal, 1));
          const repository = repositoryOf(data);
          // Labels of a user without this right are dropped in silence, and our issues are found by their label.
          if (secrets['token'] !== undefined && repository.triage === false) {
            const message = `the token's user may not label issues in ${repository.fullName}: give it the role Triage or Write`;
            throw new Rejected('InsufficientPermission', message, { terminal: true });
          }
          return { id: String(repository.id), name: repository.fullName };
        },
        budget: () => (Number.isFinite(client.budget.left) ? { writesThisHour: client.budget.left } : {}),
        close: () => client.close(),
      };
    },
  };
}

/** One repository of GitHub or of a GitHub Enterprise Server: issues, their comments, pull requests. */
export const github: Vendor<GithubOptions> = githubTuned({});
