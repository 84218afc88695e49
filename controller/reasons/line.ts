/** What one reason means and what to do, as docs/reasons.md and `allclear explain` print it: Markdown, sentences. */
export interface ReasonLine {
  readonly means: string;
  readonly todo: string;
}
