import type { IncidentState, Severity } from '../api/enums.gen.ts';
import { redact, tidy } from '../text.ts';

/** A person: a mail address where one is known, else the name to show. */
export type Person = string;

/** A web address and what it is called. */
export interface Link {
  readonly title: string;
  /** Absent: nobody knows where it is, and the title alone is shown. */
  readonly url?: string;
  /** People wrote it: the host is shown beside it, since a title can promise anything. */
  readonly by?: 'people';
}

/**
 * A run of text on one line. A string is shown as it stands, harmless; nothing in it is escaped yet. A person is shown as
 * the vendor knows them, a time (RFC 3339) in the reader's zone where the vendor can, else in UTC.
 */
export type Inline =
  | string
  | { readonly person: Person }
  | { readonly time: string }
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: Link };

export type Line = readonly Inline[];

/** A part of a document. What a vendor has no room for it cuts. */
export type Part =
  /** Names and values, such as `Severity: SEV1`. */
  | { readonly facts: readonly (readonly [name: string, value: Line])[] }
  /** People's words, with their paragraphs and lists. `more` says where the whole is: an address, else words. */
  | { readonly text: string; readonly title?: string; readonly more?: string }
  /** A sentence of ours. */
  | { readonly line: Line }
  | { readonly links: readonly Link[] }
  /** Small print: one line each. Where room is short the last ones go. */
  | { readonly notes: readonly Line[] };

/** What of an incident an offer can be about. */
export interface Aspect {
  readonly state?: IncidentState;
  readonly severity?: Severity;
  readonly level?: number;
}

/** The incident that offers are about. */
export interface About {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something to press: a verb, or a way to a page. */
export type Offer =
  | {
      /** The verb's name: `close`. An API, since what was posted years ago still names it. */
      readonly verb: string;
      readonly label: string;
      /** What it becomes; absent where a form asks for everything. Absolute, so that a second press repeats nothing. */
      readonly to?: Aspect;
      /** How it stood when this was offered. */
      readonly shown?: Aspect;
      readonly style?: 'primary' | 'danger';
      /** Asked before anything is done. */
      readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
    }
  | { readonly label: string; readonly url: string };

/** What a message, a ticket or a comment says, before it has a vendor's form. */
export interface Doc {
  /** One character that can be seen from across the room: `🔴`. */
  readonly mark?: string;
  /** A few words: a heading, or the subject of a ticket. */
  readonly title: string;
  /** All of it in one line, for a notification. */
  readonly line: string;
  readonly parts: readonly Part[];
  readonly offers?: { readonly about: About; readonly all: readonly Offer[] };
}

const mail = /[^\s@/<>()[\],;:"'=]+@[^\s@/<>()[\],;:"']+\.[^\s@/<>()[\],;:"'.]+/g;

/** A sentence of ours in which mail addresses stand for people. Without credentials, since in parts they are not known. */
export function withPeople(written: string): Line {
  const sentence = redact(tidy(written));
  const line: Inline[] = [];
  let from = 0;
  for (const match of sentence.matchAll(mail)) {
    line.push(sentence.slice(from, match.index), { person: match[0] });
    from = match.index + match[0].length;
  }
  return [...line, sentence.slice(from)].filter((part) => part !== '');
}

/** Everybody whom a line shows. */
const peopleOf = (line: Line): Person[] =>
  line.flatMap((part) => (typeof part === 'object' && 'person' in part ? [part.person] : []));

/** Everybody whom these lines show, once each. */
export const peopleInLines = (lines: readonly Line[]): Person[] => [...new Set(lines.flatMap(peopleOf))];

/** Everybody whom a document shows, once each. */
export const peopleIn = ({ parts }: Pick<Doc, 'parts'>): Person[] =>
  peopleInLines(
    parts.flatMap((part) => {
      if ('facts' in part) return part.facts.map(([, value]) => value);
      if ('line' in part) return [part.line];
      return 'notes' in part ? part.notes : [];
    }),
  );
