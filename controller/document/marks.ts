import type { IncidentState, Severity } from '../api/enums.gen.ts';

const bySeverity: Readonly<Record<Severity, string>> = { SEV1: '🔴', SEV2: '🟠', SEV3: '🟡', SEV4: '⚪' };

/** How bad it is, in one character. */
export const severityMark = (severity: Severity): string => bySeverity[severity];

/** How bad it is, or that it is over. */
export const markOf = ({ severity, state }: { readonly severity: Severity; readonly state: IncidentState }): string =>
  state === 'Resolved' ? '✅' : severityMark(severity);
