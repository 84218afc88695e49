/** One thing that `allclear doctor` looked at. */
export interface Finding {
  readonly about: string;
  /** Absent: it could not be looked at, or is switched off; nothing is wrong by that. */
  readonly ok?: boolean;
  readonly says: string;
  /** What a person does about it. */
  readonly todo?: string;
}

export const fine = (about: string, says: string): Finding => ({ about, ok: true, says });
export const wrong = (about: string, says: string, todo: string): Finding => ({ about, ok: false, says, todo });
export const unknown = (about: string, says: string, todo?: string): Finding => ({
  about,
  says,
  ...(todo === undefined ? {} : { todo }),
});
