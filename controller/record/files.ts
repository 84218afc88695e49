import type { RecordFiles } from '../capabilities/record.ts';
import { digits } from '../document/words.ts';
import { endingOf, timesOf, type RecordView } from './entries.ts';
import { postmortemFile } from './postmortem.ts';
import { recordFile } from './record-json.ts';
import { timelineFile } from './timeline.ts';

/** Where a record stands in its repository. */
export interface RecordPlace {
  readonly branch: string;
  readonly folder: string;
}

export interface PlaceOptions {
  /** The plain names are somebody else's: the identity's uid is added. */
  readonly aside?: boolean;
  /** From 1: which request for review the branch is for. Each has a branch of its own, since a merged one is not used again. */
  readonly request?: number;
}

/**
 * `incidents/2026/INC-00001` on `postmortem/inc-00001`: the policy's folder, the year of the declaration, the number.
 * Nothing that people wrote. Aside, and for a second request: `INC-00001-6f1c7c54` on `inc-00001-6f1c7c54-2`.
 */
export function recordPlace(view: RecordView, { aside = false, request = 1 }: PlaceOptions = {}): RecordPlace {
  const year = new Date(timesOf(view).declared).getUTCFullYear();
  const id = `${pathId(view)}${aside ? `-${view.identity.uid.slice(0, 8)}` : ''}`;
  return {
    branch: `postmortem/${id.toLowerCase()}${request === 1 ? '' : `-${request}`}`,
    folder: [...safeFolder(view.policy.spec.record?.folder ?? 'incidents'), String(year), id].join('/'),
  };
}

/**
 * What the record should hold. Commit 1 is the record, made again whenever it changes; commit 2 is the draft, which
 * belongs to people once they have edited it. Depends on no clock, so that a record at rest stays as it is.
 */
export function recordFiles(view: RecordView, { branch, folder } = recordPlace(view)): RecordFiles {
  const id = pathId(view);
  const draft = postmortemFile(view);
  return {
    branch,
    folder,
    ending: endingOf(view),
    commits: [
      {
        message: `${id}: record`,
        files: { [`${folder}/record.json`]: recordFile(view, draft), [`${folder}/timeline.md`]: timelineFile(view) },
      },
      {
        message: `${id}: draft of the post-mortem\n\nDrafted-by: template`,
        files: { [`${folder}/postmortem.md`]: draft },
        once: true,
      },
    ],
  };
}

const pathId = ({ named }: RecordView): string => `INC-${digits(named.number)}`;

/** The CRD refuses these too; a path out of the repository is worth two locks. */
function safeFolder(folder: string): string[] {
  const parts = folder
    .split('/')
    .filter((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part) && !/\.(git|lock)$/i.test(part));
  return parts.length === 0 ? ['incidents'] : parts;
}
