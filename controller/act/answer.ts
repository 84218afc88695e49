/**
 * What a read answers with, and what stands above a form's inputs: lines of runs, which each way in writes and escapes in
 * its own form. A plain string is our own and stays as it is; code in it stands in backticks.
 */
export type Run = string | Said | { readonly strong: string | Said } | Link | List;

/** Words that somebody wrote, or a vendor: at most so many characters, escaped where it is shown. */
export interface Said {
  readonly said: string;
  readonly most: number;
  /** Its lines stay lines. */
  readonly lines?: true;
  /** Where the whole is, where it is cut. */
  readonly whole?: string;
}

export interface Link {
  readonly link: string;
  readonly label: string;
}

/** As many as fit; then how many do not. */
export interface List {
  readonly list: readonly Line[];
  readonly separator: string;
  readonly most: number;
}

export type Line = readonly Run[];

export interface Answer {
  readonly lines: readonly Line[];
  /** Characters; lines that are too many are counted at its end. Absent: all of them. */
  readonly most?: number;
}
