import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** A node of Markdown as a reader of GitHub gets it. */
export interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly MarkdownNode[];
}

export const parseGfm = (text: string): MarkdownNode =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

/** It and all within, in order. */
export const nodesOf = (node: MarkdownNode): readonly MarkdownNode[] => [
  node,
  ...(node.children ?? []).flatMap(nodesOf),
];

/** What a reader reads, without the gaps that stop something from coming alive. */
export const textOf = (node: MarkdownNode): string =>
  nodesOf(node)
    .map(({ type, value = '' }) => (type === 'break' ? '\n' : value))
    .join('')
    .replaceAll('\u200B', '');

/** What a writer could have brought to life: anything but text, lists and addresses shown as themselves. */
export function liveInGfm(node: MarkdownNode, own: (node: MarkdownNode) => boolean = () => false): string[] {
  const shown = (one: MarkdownNode): string => `${one.type}: ${one.url ?? one.value ?? textOf(one)}`;
  return nodesOf(node)
    .filter((one) => !quiet.has(one.type) && !isBare(one) && !own(one))
    .map(shown);
}

const quiet: ReadonlySet<string> = new Set(
  'root paragraph text break blockquote list listItem table tableRow tableCell heading'.split(' '),
);

/** `https://ok.example` or `a@b.example`, which lead where they say. */
const isBare = (node: MarkdownNode): boolean => {
  if (node.type !== 'link' || node.url === undefined) return false;
  const text = textOf(node);
  return node.url === `mailto:${text}` || (node.url.startsWith('https://') && decode(node.url) === decode(text));
};

function decode(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
