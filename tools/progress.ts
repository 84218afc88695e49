/** Takes one line for a person; never part of a program's answer, so it goes to standard error. */
export type Say = (line: string) => void;

/** What an error says, with the message of its cause: fetch's own is only "fetch failed". */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

export const sayOnStderr: Say = (line) => void process.stderr.write(`${line}\n`);

/**
 * Says once a while that `work` still goes on, with the seconds so far: every second in place on a terminal,
 * every 20 seconds on a line of its own elsewhere.
 */
export async function withProgress<T>(label: string, say: Say, work: Promise<T>): Promise<T> {
  const start = performance.now();
  const elapsed = () => Math.round((performance.now() - start) / 1_000);
  const inPlace = process.stderr.isTTY && say === sayOnStderr;
  const timer = setInterval(
    () => {
      if (inPlace) process.stderr.write(`\r  ${label}: ${elapsed()} s `);
      else say(`  ${label}: ${elapsed()} s`);
    },
    inPlace ? 1_000 : 20_000,
  );
  try {
    const result = await work;
    say(`${inPlace ? '\r' : ''}  ${label}: done in ${elapsed()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
