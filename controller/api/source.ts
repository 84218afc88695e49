import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { phrase } from '../runtime/outcome.ts';

/** A step into a document: a field's name or an item's place. */
export type Step = string | number;

/** One document of a YAML file, read as kubectl reads it. */
export interface Source {
  /** What was written. */
  readonly value: unknown;
  /** Mistakes of YAML itself: no value can be trusted then. */
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
  /** The line, from 1, of the field at a path, else of the nearest field around it. */
  line(path: readonly Step[]): number;
}

// What kubectl's YAML 1.1 does not know: times and numbers with base 60 stay text there.
const unknownToKubectl = (tag: { tag: string; format?: string }): boolean =>
  tag.format === 'TIME' || /:(timestamp|binary|omap|pairs|set)$/.test(tag.tag);

/** The documents of a file, without empty ones. YAML 1.1, as kubectl: a plain `on`, `yes` or `n` is no text. */
export function readSources(text: string): readonly Source[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !unknownToKubectl(tag)),
  });
  const lineAt = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  return ('empty' in documents ? [] : documents)
    .filter((document) => document.errors.length > 0 || document.contents !== null)
    .map((document) => sourceOf(document, lineAt))
    .filter(({ value, mistakes }) => value !== null || mistakes.length > 0);
}

function sourceOf(document: Document, lineAt: (offset: number | undefined) => number): Source {
  const mistakes = document.errors.map((error) => ({ line: lineAt(error.pos[0]), message: error.message }));
  const line = (path: readonly Step[]): number => lineAt(offsetOf(document, path));
  if (mistakes.length > 0) return { value: undefined, mistakes, line };
  try {
    return { value: document.toJS(), mistakes, line };
  } catch (error) {
    // An alias that names nothing, or so many that they would fill the memory.
    return { value: undefined, mistakes: [{ line: line([]), message: phrase(error) }], line };
  }
}

function offsetOf(document: Document, path: readonly Step[]): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (isNode(node) ? node.range?.[0] : undefined) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
