import { capabilityOf, type ProductEffect } from '../../capabilities/capabilities.ts';
import { oneLine } from '../../text.ts';
import { shown } from './pretend.ts';

/** What is wanted, in one line: `#inc-00001`, a ticket’s title. */
export function wordsOf(effect: ProductEffect): string {
  const { kind, desired, place } = effect;
  return oneLine(shown(brief(capabilityOf(kind)?.brief(desired, place?.in ?? {}) ?? kind)));
}

/** The first line that says something, shortened. */
export function brief(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('<!--')) ?? '';
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
