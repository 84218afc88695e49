import type { GitOptions } from '../../api/integration.gen.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Connection, Vendor } from '../kit/vendor.ts';
import { hostOf, parseAddress } from './address.ts';
import { gitDoctor } from './doctor.ts';
import { recordPort } from './record.ts';
import { Repository } from './repository.ts';

/** git with its clones in another folder than the machine's temporary one. */
export function gitIn(parent: string | undefined): Vendor<GitOptions> {
  return {
    name: 'git',
    title: 'Git',
    maturity: 'experimental',
    can: { ports: ['record'] },
    secretKeys: [['token'], ['sshKey'], ['sshKey', 'knownHosts']],
    hosts: ({ url }) => [hostOf(url)],
    doctor: gitDoctor,
    connect(options, secrets, context): Connection {
      const refusal = refusalOf(options.url);
      if (refusal) return { capabilities: {}, check: () => Promise.reject(refusal), close() {} };
      const address = parseAddress(options.url);
      const repository = new Repository(address, secrets, parent);
      // Git refuses a name of nothing but these.
      const named = /[^\s\p{Cc}.,:;<>"\\']/u.test(options.authorName);
      const author = { name: named ? options.authorName : 'AllClear', email: options.authorEmail };
      return {
        capabilities: {
          record: recordPort(repository, {
            base: options.branch,
            author,
            log: (event, fields) => context.log(event, fields),
          }),
        },
        async check(signal) {
          const tips = await repository.workspace.exclusive(() => repository.tips([options.branch], signal));
          if (!tips.has(options.branch)) {
            const message = `${address.page} has no branch ${options.branch}: give it a first commit, or name another`;
            throw new Rejected('BranchNotFound', message, { terminal: true });
          }
          return { id: address.page, name: address.path };
        },
        highestNumber: (signal) => highestNumber(repository, options.branch, signal),
        close: () => repository.workspace.discard(),
      };
    },
  };
}

/** A folder of a record on the base branch, as recordPlace names it: `incidents/2026/INC-00001`, `…/INC-00001-6f1c7c54`. */
const recordFolder = /(?:^|\/)\d{4}\/INC-(\d{5}|[1-9]\d{5,8})(?:-[0-9a-f]{8})?$/;
/** The branch of a record, likewise: `postmortem/inc-00001`, `postmortem/inc-00001-6f1c7c54-2`. */
const recordBranch = /^postmortem\/inc-(\d{5}|[1-9]\d{5,8})(?:-[0-9a-f]{8})?(?:-\d+)?$/;

async function highestNumber(repository: Repository, base: string, signal: AbortSignal): Promise<number> {
  return repository.workspace.exclusive(async () => {
    const branches = await repository.branches('postmortem/inc-', signal);
    const tips = await repository.tips([base], signal);
    await repository.fetch(tips, signal);
    const tip = tips.get(base);
    const folders = tip === undefined ? [] : await repository.folders(tip, signal);
    return Math.max(highestIn(folders, recordFolder), highestIn(branches, recordBranch));
  });
}

const highestIn = (names: readonly string[], form: RegExp): number =>
  names.reduce((highest, name) => Math.max(highest, Number(form.exec(name)?.[1] ?? 0)), 0);

function refusalOf(url: string): Rejected | undefined {
  try {
    parseAddress(url);
    return undefined;
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
}

/** Any git server over https or ssh: the record of an incident as commits on a branch. */
export const git: Vendor<GitOptions> = gitIn(undefined);
