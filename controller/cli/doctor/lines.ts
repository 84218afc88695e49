import type { Finding } from '../../integrations/kit/finding.ts';

/** `✓ API server: v1.36.3`, and under what is wrong the way out. */
export function lines({ about, ok, says, todo }: Finding): string[] {
  const mark = ok === undefined ? '-' : ok ? '✓' : '✗';
  return [`${mark} ${about}: ${says}`, ...(todo === undefined ? [] : [`  → ${todo}`])];
}
