import type { Result } from './run-case.ts';
import { invariants } from './verdict.ts';

/**
 * Perturbation × invariant: violations, or a point where there is none. Apart is what the outside did twice when it was
 * asked once, which its caller cannot know.
 */
export function table(results: readonly Result[]): string {
  const perturbations = [...new Set(results.map((r) => r.case.perturbation))].toSorted(byNumber);
  const head = ['', 'cases', 'missed', 'apart', ...invariants];
  const rows = perturbations.map((perturbation) => {
    const of = results.filter((r) => r.case.perturbation === perturbation);
    const violated = invariants.map((i) => of.filter((r) => r.violations.some((v) => v.invariant === i)).length);
    return [
      perturbation,
      String(of.length),
      String(of.filter((r) => r.missed).length),
      String(of.filter((r) => r.apart).length),
      ...violated.map((n) => (n === 0 ? '·' : String(n))),
    ];
  });
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  return [head, ...rows].map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')).join('\n');
}

/** A case whose perturbation did not come about has shown nothing, and is not counted as passed. */
export function summary(results: readonly Result[]): string {
  const failed = results.filter(({ violations }) => violations.length > 0).length;
  const missed = results.filter((r) => r.violations.length === 0 && r.missed).length;
  return `${results.length - failed - missed} passed, ${failed} failed${missed > 0 ? `, ${missed} skipped` : ''}`;
}

/** P1 to P20, then what has no number. */
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);
const numberOf = (perturbation: string): number => Number(/^P(\d+)$/.exec(perturbation)?.[1] ?? 99);
