/** spec.escalation.level of the CRD. */
export const levels = { least: 0, most: 9 } as const;
