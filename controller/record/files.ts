import type { RecordFiles } from '../integrations/capabilities.ts';
import { digits } from '../incident/render/words.ts';
import { timesOf, type RecordView } from './entries.ts';
import { postmortemFile } from './postmortem.ts';
import { recordFile } from './record-json.ts';
import { timelineFile } from './timeline.ts';

/** One branch an incident: `postmortem/inc-00001`. */
export const recordBranch = (view: RecordView): string => `postmortem/${pathId(view).toLowerCase()}`;

/**
 * What the record should hold. Commit 1 is the record, made again whenever it changes; commit 2 is the draft, which
 * belongs to people once it is there. Depends on no clock, so that a record at rest stays as it is.
 */
export function recordFiles(view: RecordView): RecordFiles {
  const folder = recordFolder(view);
  const id = pathId(view);
  return {
    branch: recordBranch(view),
    folder,
    commits: [
      {
        message: `${id}: record`,
        files: { [`${folder}/record.json`]: recordFile(view), [`${folder}/timeline.md`]: timelineFile(view) },
      },
      {
        message: `${id}: draft of the post-mortem\n\nDrafted-by: template`,
        files: { [`${folder}/postmortem.md`]: postmortemFile(view) },
        once: true,
      },
    ],
  };
}

/** `incidents/2026/INC-00001`: the policy's folder, the year of the declaration, the number. Nothing that people wrote. */
export function recordFolder(view: RecordView): string {
  const year = new Date(timesOf(view).declared).getUTCFullYear();
  return [...safeFolder(view.policy.spec.record?.folder ?? 'incidents'), String(year), pathId(view)].join('/');
}

const pathId = ({ named }: RecordView): string => `INC-${digits(named.number)}`;

/** The CRD refuses these too; a path out of the repository is worth two locks. */
function safeFolder(folder: string): string[] {
  const parts = folder
    .split('/')
    .filter((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part) && !/\.(git|lock)$/i.test(part));
  return parts.length === 0 ? ['incidents'] : parts;
}
