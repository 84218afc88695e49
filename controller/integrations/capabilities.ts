import { createHash } from 'node:crypto';
import type { Doc, Line, Person } from '../document/doc.ts';
import type { Effect, Entry, Port } from '../runtime/effect.ts';
import type { Reason } from '../runtime/phase.ts';

/** What the domain needs of the outside, one entry a kind of effect: the shape of what is desired. */
export interface Desired {
  /** The incident's number. Landed ref: {number}. */
  number: Readonly<Record<string, never>>;
  /** A conversation of its own. Landed ref: {channel: id, name, team, home: the workspace's address}. */
  channel: { readonly name: string; readonly private: boolean };
  /** within {channel}. The channel's purpose; the adapter appends the marker. Landed ref: {channel}. */
  purpose: { readonly text: string };
  /** within {channel} or {channelName} ('#stakeholders'), and {thread} for a reply. Landed ref: {channel, ts}. */
  message: Doc;
  /** within {channel, ts}. Landed ref: {channel, ts}. */
  pin: Readonly<Record<string, never>>;
  /** within {channel}. People by mail address. Landed ref: {channel}; facts: {invited, notFound, notInvited} comma-separated. */
  members: { readonly people: readonly Person[] };
  /** within {channel, link: revision of the address as a browser reads it}. Landed ref: {channel, bookmark}; facts: {link} of what it leads to. */
  bookmark: { readonly title: string; readonly url: string };
  /** within {channel, ts}: a thread of ours, one reply a line, edited in place. Landed ref: {channel, ts}. */
  thread: { readonly lines: readonly ThreadLine[] };
  /** within {repository} or {project}. Landed ref: the vendor's own and {id} ('#12'); facts: {state: Open|Closed}. */
  ticket: {
    readonly doc: Doc;
    readonly labels: readonly string[];
    readonly state: 'Open' | 'Closed';
  };
  /** within the ticket's ref. Landed ref: {comment, …}. */
  comment: Doc;
  /**
   * One branch and one folder of an incident. Landed ref: {branch, commit, base, folder, taken: as desired}; facts:
   * {ending: what the branch holds, merged: the ending that the base branch holds}.
   */
  record: RecordFiles;
  /**
   * A request to review `branch`, its body in Markdown. Landed ref: {pull, …}; facts: {state: Open|Closed|Merged, mergedAt?, carries: the
   * ending that merging it accepts, or accepted}.
   */
  review: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
    readonly reviewers: readonly string[];
    /** Names the ending that the branch is known to hold. */
    readonly ending?: string;
  };
}

export interface ThreadLine {
  readonly key: string;
  readonly lines: readonly Line[];
  /** Only the new words of a line that stands there: where it does not, nothing is posted. */
  readonly amends?: true;
}

export interface RecordFiles {
  readonly branch: string;
  /** The folder that the record owns; every path in `commits` lies under it. Its record.json says whose it is. */
  readonly folder: string;
  /** Names the ending that these files tell of; stands in record.json, too. Once the base branch holds it, nothing is written. */
  readonly ending: string;
  /** The ending that the base branch holds, as far as is known. While it holds another one, nothing is written, and the facts say so. */
  readonly merged?: string;
  /** Why it is not where it would be by its number, in words. */
  readonly taken?: string;
  /** In order; a commit whose files are all as they should be already is not made. */
  readonly commits: readonly {
    readonly message: string;
    /** Path from the repository's root → content, UTF-8. */
    readonly files: Readonly<Record<string, string>>;
    /** Written if absent, and again while nobody has edited it: afterwards it is people's. */
    readonly once?: boolean;
  }[];
}

/** The name that git gives to a file's content. */
export function blobSha(content: string): string {
  const bytes = Buffer.from(content, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export type Kind = keyof Desired;

/** In people's words, as the object of a verb. */
export const kindWords: Readonly<Record<Kind, string>> = {
  number: 'numbers',
  channel: 'channels',
  purpose: 'purposes of channels',
  message: 'messages',
  pin: 'pins',
  members: 'invitations',
  bookmark: 'bookmarks',
  thread: 'threads',
  ticket: 'tickets',
  comment: 'comments',
  record: 'records in Git',
  review: 'pull requests',
};

/** A recorded entry may be of a kind that only another version knows. */
export const isKind = (kind: string): kind is Kind => Object.hasOwn(kindWords, kind);

/** What one connection can do. A missing capability is an absent property. */
export type Capabilities = { readonly [K in Kind]?: Port<Desired[K]> };

/** An effect of the product: the runtime's, with the kinds named. */
export type ProductEffect = { [K in Kind]: Effect<K, Desired[K]> }[Kind];

/** Who carries out a kind of effect. Whether it is connected has no part in it: what waits for it says so itself. */
export type Choice =
  | { readonly name: string }
  /** Nobody does: why. */
  | { readonly none: Reason }
  /** Several could, and a person has to say which. */
  | { readonly ambiguous: Reason; readonly candidates: readonly string[] };

/** What people call a thing that an Integration made: `GitHub issue`. */
export type Noun = (kind: Kind, integration: string | undefined) => string;

/** What an integration in reach of the incident can do, by name. Whether it is connected matters to `lost` alone. */
export interface Reach {
  /**
   * The integration that carries out `kind`: see choose.
   * @param field of the ResponsePolicy that would name one; absent: none does
   */
  choose(kind: Kind, named?: string, field?: string): Choice;
  /** Every integration that carries out `kind`, by name. */
  all(kind: Kind): readonly string[];
  /**
   * Why this integration will not do `kind` until a person mends it: it or its Secret is gone or wrong, it was refused for
   * good, or it cannot do that. undefined: it does, or time may help, or it has not been tried yet.
   */
  lost(name: string, kind: Kind): string | undefined;
  /** Why `kind` is left off: its vendor cannot do it, or its server turned out not to. undefined: it can, or that is not known. */
  lacks(name: string, kind: Kind): string | undefined;
  /** Presses of buttons in what this integration posts reach us: without that a button would be dead. */
  interactive(name: string): boolean;
  /** Where a person looks at what an entry refers to. */
  link(entry: Entry): string | undefined;
  /** What people call a thing that it made: `GitHub issue`. */
  readonly noun: Noun;
}
