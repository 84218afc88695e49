import { text } from 'node:stream/consumers';
import type { Instant } from '../runtime/clock.ts';

/** What a command reads and writes beside files and the cluster. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Instant;
  stdin(): Promise<string>;
  /** One line or several, without the last line's end. */
  out(text: string): void;
  /** Notices and errors: never part of a result. */
  err(text: string): void;
}

export const systemIo: Io = {
  env: process.env,
  now: () => Date.now(),
  stdin: () => text(process.stdin),
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** Something a person can put right: shown as it is, without a stack. Exit code 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** `1 file`, `2 files`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** Lines whose cells stand under each other, two spaces apart; the last cell of a line may be of any width. */
export function aligned(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = rows.reduce<number[]>((most, row) => {
    for (const [i, cell] of row.slice(0, -1).entries()) most[i] = Math.max(most[i] ?? 0, cell.length);
    return most;
  }, []);
  return rows.map((row) =>
    (indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')).trimEnd(),
  );
}
