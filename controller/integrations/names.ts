import type { Person } from '../document/doc.ts';
import type { NameOf } from '../document/to-markdown.ts';
import { mailKey } from '../mail.ts';
import { minutes, seconds, type Clock, type Duration } from '../runtime/clock.ts';
import type { Reads } from './kit/vendor.ts';

/** Of all names of one text together: no write waits longer for them. */
const most = seconds(2);
const lifetime: Duration = minutes(10);
/** Somebody may be joining right now, or who knows may be away. */
const unknownLifetime: Duration = minutes(1);

/** What people are called, as the Integrations of one namespace know them by mail address. */
export class Names {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly name: string | undefined; readonly until: Duration }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param readers asked in order, until one knows the person; none: people are as they are written */
  async of(people: readonly Person[], readers: readonly Reads[], signal: AbortSignal): Promise<NameOf> {
    if (readers.length === 0) return (person) => person;
    const late = AbortSignal.any([signal, AbortSignal.timeout(most)]);
    const asked = people.filter((person) => person.includes('@') && !this.#remembered(person));
    await Promise.all(asked.map((person) => this.#ask(person, readers, late)));
    return (person) => this.#remembered(person)?.name ?? person;
  }

  #remembered(person: Person) {
    const found = this.#known.get(mailKey(person));
    return found && found.until > this.#clock.monotonic() ? found : undefined;
  }

  async #ask(person: Person, readers: readonly Reads[], signal: AbortSignal): Promise<void> {
    let name: string | undefined;
    for (const reads of readers) {
      if (name !== undefined || !reads.person) continue;
      try {
        name = await reads.person(person, signal);
      } catch {
        // Shown as written; asked again a minute from now.
      }
    }
    if (this.#known.size > 5_000) this.#known.clear();
    const until = this.#clock.monotonic() + (name === undefined ? unknownLifetime : lifetime);
    this.#known.set(mailKey(person), { name, until });
  }
}
