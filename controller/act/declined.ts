/** We refuse it ourselves, in words for the person who asked. `field` is where in a modal it belongs. */
export class Declined extends Error {
  override readonly name = 'Declined';
  readonly field: string | undefined;

  constructor(words: string, field?: string) {
    super(words);
    this.field = field;
  }
}
