/** Something that goes wrong at the press of a button, to see what the guarantees mean. */
export interface Experiment {
  readonly id: string;
  readonly label: string;
  /** What it does, and what should be seen. */
  readonly about: string;
  /** Does it, and says what was done. */
  run(tell: (line: string) => void): Promise<string>;
}

export interface ExperimentState {
  readonly experiment: Experiment;
  readonly running: boolean;
  /** With their times, oldest first. */
  readonly said: readonly string[];
}

/** Runs experiments one at a time each, and keeps what they said. */
export class Experiments {
  readonly #all: ReadonlyMap<string, { readonly experiment: Experiment; running: boolean; said: string[] }>;
  readonly #changed: () => void;

  constructor(experiments: readonly Experiment[], changed: () => void) {
    this.#all = new Map(experiments.map((experiment) => [experiment.id, { experiment, running: false, said: [] }]));
    this.#changed = changed;
  }

  states(): readonly ExperimentState[] {
    return [...this.#all.values()];
  }

  /** Starts one; false when there is none of that id or it still runs. */
  start(id: string): boolean {
    const one = this.#all.get(id);
    if (!one || one.running) return false;
    const tell = (line: string): void => {
      one.said.push(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
      if (one.said.length > 6) one.said.shift();
      this.#changed();
    };
    one.running = true;
    this.#changed();
    void one.experiment
      .run(tell)
      .then(tell, (error: unknown) => tell(`failed: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        one.running = false;
        this.#changed();
      });
    return true;
  }
}
