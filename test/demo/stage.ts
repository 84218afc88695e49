import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubectlError } from '../cluster/kubectl.ts';
import { changesBetween, type Change } from './changes.ts';
import { look, type Seen } from './look.ts';
import type { Screen } from './screen.ts';
import type { World } from './world.ts';

/** Something that a step has to bring about. */
export interface Check {
  /** Said while it is waited for, and when it has come true. */
  readonly what: string;
  /** Undefined when it is so; else what is there instead. */
  readonly instead: (seen: Seen, before: Seen) => string | undefined;
}

/** `what` is so when `there`; else `instead` says what is there. */
export const check = (
  what: string,
  there: (seen: Seen, before: Seen) => boolean,
  instead: (seen: Seen, before: Seen) => string | undefined,
): Check => ({
  what,
  instead: (seen, before) => (there(seen, before) ? undefined : (instead(seen, before) ?? 'nothing of the kind')),
});

/** The incident of the story. */
export const story = { name: 'mobile-app-login', id: 'INC-00001', channel: '#inc-00001' } as const;

/** Until a step has come true. Seen: 3 s for the longest, on a machine that has nothing else to do. */
const patience = 120_000;
/** Once something is wrong, what follows from it is not waited for as long. */
const lessPatience = 5_000;
const pollEvery = 250;

/** Plays commands, waits, and tells what came of them. */
export class Stage {
  readonly world: World;
  readonly screen: Screen;
  /** Checks that came true, and that did not. */
  readonly tally = { kept: 0, broken: 0 };
  private readonly signal: AbortSignal;
  private before: Seen;

  private constructor(world: World, screen: Screen, signal: AbortSignal, before: Seen) {
    this.world = world;
    this.screen = screen;
    this.signal = signal;
    this.before = before;
  }

  static async open(world: World, screen: Screen, signal: AbortSignal): Promise<Stage> {
    return new Stage(world, screen, signal, await look(world, story.name));
  }

  /** What was true at the end of the last step. */
  get seen(): Seen {
    return this.before;
  }

  /** Runs kubectl as a person would; `show` picks what is shown of its answer, as the pipe `filter` would. */
  async kubectl(
    args: readonly string[],
    { filter = '', show = (text) => text }: { filter?: string; show?: (text: string) => string } = {},
  ): Promise<void> {
    this.type(args, filter);
    try {
      this.screen.output(show(await this.run(args)));
    } catch (error) {
      this.signal.throwIfAborted();
      if (!(error instanceof KubectlError)) throw error;
      this.screen.output(error.stderr);
      this.count(`kubectl ended with ${error.code}`, false);
    }
  }

  /** As kubectl, for what the API server is to refuse in words that hold `because`. */
  async refused(args: readonly string[], because: string): Promise<void> {
    this.type(args);
    let words: string | undefined;
    try {
      this.screen.output(await this.run(args));
    } catch (error) {
      this.signal.throwIfAborted();
      if (!(error instanceof KubectlError)) throw error;
      words = error.stderr;
      this.screen.output(words);
    }
    if (words === undefined) this.count('the API server was to refuse this, and took it', false);
    else if (words.includes(because)) this.count('refused by the API server, with the reason', true);
    else this.count(`the API server was to say "${because}"`, false);
  }

  /** Shows a file without its comments. */
  async file(path: string): Promise<void> {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => !/^\s*#/.test(line));
    this.screen.say(`${path}:`);
    this.screen.output(lines.join('\n'));
    this.screen.gap();
  }

  /** Waits until all of it has come true and nothing moves any more; then tells what changed outside, and what did not come true. */
  async expect(checks: readonly Check[]): Promise<void> {
    const before = this.before;
    let open = checks[0]?.what ?? '';
    const seen = await this.screen.during(
      () => open,
      this.settled(checks, (what) => (open = what)),
    );
    this.before = seen;
    this.tell(changesBetween(before.outside, seen.outside));
    const kept = checks.filter(({ instead }) => instead(seen, before) === undefined);
    this.tally.kept += kept.length;
    this.screen.gap();
    if (kept.length > 0) this.screen.good(kept.map(({ what }) => what).join(' · '));
    for (const { what, instead } of checks) {
      const there = instead(seen, before);
      if (there === undefined) continue;
      this.tally.broken += 1;
      this.screen.bad(`Expected: ${what}.\nSeen: ${there}`);
    }
  }

  tell(changes: readonly Change[]): void {
    if (changes.length > 0) this.screen.gap();
    tellChanges(this.screen, changes);
  }

  private count(what: string, kept: boolean): void {
    this.tally[kept ? 'kept' : 'broken'] += 1;
    this.screen[kept ? 'good' : 'bad'](what);
  }

  private run(args: readonly string[]): Promise<string> {
    return this.screen.during(() => `kubectl ${args[0] ?? ''}`, this.world.cluster.kubectl(...args));
  }

  private type(args: readonly string[], filter = ''): void {
    this.signal.throwIfAborted();
    this.screen.command(`kubectl ${args.map(quoted).join(' ')}${filter === '' ? '' : ` | ${filter}`}`);
  }

  private async settled(checks: readonly Check[], waitingFor: (what: string) => void): Promise<Seen> {
    const end = performance.now() + (this.tally.broken === 0 ? patience : lessPatience);
    let last = '';
    for (;;) {
      this.signal.throwIfAborted();
      const seen = await look(this.world, story.name);
      const open = checks.find(({ instead }) => instead(seen, this.before) !== undefined);
      const now = JSON.stringify(seen.outside);
      if (performance.now() > end || (open === undefined && isQuiet(seen) && now === last)) return seen;
      last = now;
      waitingFor(open?.what ?? 'the last receipts');
      await sleep(pollEvery, undefined, { signal: this.signal });
    }
  }
}

/** Prints changes; the columns that repeat are left blank. */
export function tellChanges(screen: Screen, changes: readonly Change[]): void {
  let last: Change | undefined;
  for (const change of changes) {
    const same = last?.where === change.where && last.what === change.what;
    screen.row(same ? '' : change.where, same ? '' : change.what, change.text);
    last = change;
  }
}

/** Whether the controller says that nothing is left to do. */
function isQuiet({ incident, updates }: Seen): boolean {
  const ready = (one: NonNullable<typeof incident> | (typeof updates)[number]): boolean =>
    one.status?.observedGeneration === one.metadata.generation &&
    (one.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
  return (incident === undefined || ready(incident)) && updates.every(ready);
}

/** As a shell wants it. */
function quoted(arg: string): string {
  if (/^[\w@%+=:,./-]+$/.test(arg)) return arg;
  const [, name = '', value = ''] = /^(\w+=)?(.*)$/s.exec(arg) ?? [];
  return `${name}'${value.replaceAll("'", String.raw`'\''`)}'`;
}
