import { randomBytes } from 'node:crypto';
import type { Clock, Duration, Instant } from './clock.ts';
import { seconds } from './clock.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease-record.ts';

export interface LeaseOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  /** Names this process for people: the pod's name. */
  readonly identity: string;
  /** Others wait so long after the last renewal that they saw. Default: 15 s, as client-go. */
  readonly leaseDuration?: Duration;
  /** So long after the start of its last renewal the leader counts itself out. Less than `leaseDuration`. Default: 10 s. */
  readonly renewDeadline?: Duration;
  /** Between two tries. Default: 2 s. */
  readonly retryPeriod?: Duration;
  readonly random?: () => number;
  onStarted?(): void;
  /** Leadership is over, by time, by another's hand or by `stop`. A process that lost it should end. */
  onStopped?(why: 'lost' | 'stopped'): void;
  onProblem?(error: unknown): void;
}

type State = 'waiting' | 'leading' | 'over';

/** What was last seen, and since when (monotonic) it has not changed. */
interface Observed {
  readonly stored: StoredLease | undefined;
  readonly at: Duration;
}

/**
 * Leader election with client-go's rules: clocks of other machines are never believed, only the time for which this
 * process saw no renewal. Leads at most once in its life.
 */
export class Leader {
  /** Names this process in intents; another one for each start. */
  readonly session: string = randomBytes(5).toString('hex');
  readonly #options: LeaseOptions;
  readonly #holder: string;
  readonly #leaseDuration: Duration;
  readonly #renewDeadline: Duration;
  readonly #retryPeriod: Duration;
  #state: State = 'waiting';
  #observed: Observed | undefined;
  /** Start of the last renewal that succeeded, by both clocks. */
  #renewed: { readonly monotonic: Duration; readonly wall: Instant } | undefined;
  #acquired: { readonly monotonic: Duration; readonly wall: Instant } | undefined;
  #cancelTry: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;
  #trying: Promise<void> | undefined;

  /** @throws RangeError for times that could make two leaders */
  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#leaseDuration = options.leaseDuration ?? seconds(15);
    this.#renewDeadline = options.renewDeadline ?? seconds(10);
    this.#retryPeriod = options.retryPeriod ?? seconds(2);
    // https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#NewLeaderElector has the same two rules.
    if (this.#leaseDuration <= this.#renewDeadline) throw new RangeError('leaseDuration must exceed renewDeadline');
    if (this.#renewDeadline <= 1.2 * this.#retryPeriod)
      throw new RangeError('renewDeadline must exceed 1.2 retryPeriods');
    this.#holder = `${options.identity}_${this.session}`;
  }

  /** Begins to try. */
  start(): void {
    this.#tryAfter(0);
  }

  /**
   * The fence: asked in the tick in which a write leaves. False as soon as another could believe itself leader, even if this
   * process was stopped in between and none of its timers has fired yet.
   */
  leading(): boolean {
    return this.#state === 'leading' && this.#left() > 0;
  }

  /** Monotonic; when this process learned that it leads. Infinity before. */
  acquiredAt(): Duration {
    return this.#acquired?.monotonic ?? Infinity;
  }

  /** The same by the wall clock, for people. */
  acquiredAtWall(): Instant | undefined {
    return this.#acquired?.wall;
  }

  /** Who leads as far as is known, as `identity_session`. */
  holder(): string | undefined {
    return this.#observed?.stored?.record.holder || undefined;
  }

  /** Ends it. With `release` others need not wait: only when nothing of this process is under way to the outside any more. */
  async stop({ release = false }: { readonly release?: boolean } = {}): Promise<void> {
    this.#end('stopped');
    await this.#trying;
    const stored = this.#observed?.stored;
    if (!release || stored?.record.holder !== this.#holder) return;
    const record = { ...stored.record, holder: '', duration: seconds(1), renewedAt: this.#options.clock.now() };
    try {
      // Refused when it is another's by now.
      await this.#options.store.write(record, stored.version, this.#callTimeout());
    } catch (error) {
      this.#options.onProblem?.(error);
    }
  }

  /** What is left of the lease, by whichever clock went further: a suspended machine's monotonic clock stands still. */
  #left(): Duration {
    if (!this.#renewed) return 0;
    const { clock } = this.#options;
    const passed = Math.max(clock.monotonic() - this.#renewed.monotonic, clock.now() - this.#renewed.wall);
    return this.#renewDeadline - passed;
  }

  #pastDeadline(): boolean {
    return (
      this.#renewed !== undefined && this.#options.clock.monotonic() >= this.#renewed.monotonic + this.#renewDeadline
    );
  }

  /** Two calls fit in before the deadline. */
  #callTimeout(): Duration {
    return Math.max(this.#renewDeadline / 2, 1);
  }

  #tryAfter(delay: Duration): void {
    if (this.#state === 'over') return;
    this.#cancelTry = this.#options.clock.after(delay, () => {
      this.#trying = this.#try();
    });
  }

  async #try(): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const start = clock.monotonic();
    // Whoever stood still for so long does not grasp for it again: work of its own may be half done.
    if (this.#state === 'leading' && this.#pastDeadline()) return this.#end('lost');
    try {
      await (this.#state === 'leading' ? this.#renew() : this.#campaign());
    } catch (error) {
      this.#options.onProblem?.(error);
    }
    // Those who wait spread out a little; the leader keeps its pace.
    const pace = this.#retryPeriod * (this.#state === 'leading' ? 1 : 1 + 0.2 * random());
    this.#tryAfter(Math.max(0, pace - (clock.monotonic() - start)));
  }

  async #campaign(): Promise<void> {
    const stored = await this.#look();
    if (stored && !this.#free(stored.record)) return;
    const now = this.#options.clock.now();
    const record: LeaseRecord = {
      holder: this.#holder,
      duration: this.#leaseDuration,
      acquiredAt: now,
      renewedAt: now,
      transitions: stored ? stored.record.transitions + 1 : 0,
    };
    if ((await this.#hold(record, stored?.version)) && !this.#pastDeadline()) this.#won();
  }

  async #renew(): Promise<void> {
    const known = this.#observed?.stored;
    if (known && (await this.#renewFrom(known))) return;
    // Refused as stale: an answer of ours was lost, or somebody else wrote.
    const stored = await this.#look();
    if (this.#state !== 'leading') return;
    // Deleted makes it anyone's, as taken does.
    if (stored?.record.holder === this.#holder) await this.#renewFrom(stored);
    else this.#end('lost');
  }

  #renewFrom({ record, version }: StoredLease): Promise<boolean> {
    return this.#hold({ ...record, renewedAt: this.#options.clock.now(), duration: this.#leaseDuration }, version);
  }

  #free({ holder, duration }: LeaseRecord): boolean {
    // Ours: the answer to our own take-over was lost.
    if (holder === '' || holder === this.#holder) return true;
    const since = this.#observed?.at ?? Infinity;
    return this.#options.clock.monotonic() >= since + Math.max(duration, this.#leaseDuration);
  }

  /** Reads. What has changed is observed from now on, after the answer: the careful side. */
  async #look(): Promise<StoredLease | undefined> {
    const stored = await this.#options.store.read(this.#callTimeout());
    if (!this.#observed || this.#observed.stored?.version !== stored?.version)
      this.#observed = { stored, at: this.#options.clock.monotonic() };
    return stored;
  }

  async #hold(record: LeaseRecord, version: string | undefined): Promise<boolean> {
    const { clock, store } = this.#options;
    // The start counts: it may have been stored at once, and others measure from there.
    const start = { monotonic: clock.monotonic(), wall: clock.now() };
    const stored = await store.write(record, version, this.#callTimeout());
    if (!stored) return false;
    this.#observed = { stored, at: clock.monotonic() };
    this.#renewed = start;
    if (this.#state === 'leading') this.#armDeadline();
    return true;
  }

  #won(): void {
    if (this.#state !== 'waiting') return;
    const { clock } = this.#options;
    this.#state = 'leading';
    this.#acquired = { monotonic: clock.monotonic(), wall: clock.now() };
    this.#armDeadline();
    this.#options.onStarted?.();
  }

  #armDeadline(): void {
    const { clock } = this.#options;
    const due = (this.#renewed?.monotonic ?? 0) + this.#renewDeadline;
    this.#cancelDeadline?.();
    this.#cancelDeadline = clock.after(due - clock.monotonic(), () => {
      if (this.#pastDeadline()) this.#end('lost');
      else this.#armDeadline();
    });
  }

  #end(why: 'lost' | 'stopped'): void {
    if (this.#state === 'over') return;
    const led = this.#state === 'leading';
    this.#state = 'over';
    this.#cancelTry?.();
    this.#cancelDeadline?.();
    if (led) this.#options.onStopped?.(why);
  }
}
