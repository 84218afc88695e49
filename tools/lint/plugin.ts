// Rules of our own for oxlint, which loads this file.
import { readdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders, type Folder } from './folders.ts';

const controller = fileURLToPath(new URL('../../controller', import.meta.url));

interface Node {
  readonly name?: unknown;
  readonly value?: unknown;
  readonly source?: Node | null;
}
interface Context {
  readonly filename: string;
  report(problem: { readonly node: Node; readonly message: string }): void;
}

const isTest = (file: string): boolean => file.endsWith('.test.ts');

/** The folder of the table that a file of controller/ is in, and where it begins. */
function folderOf(file: string): { readonly folder: Folder; readonly at: string } | undefined {
  const path = relative(controller, file);
  const parts = path.split('/');
  for (let depth = parts.length; depth > 0; depth--) {
    const at = parts.slice(0, depth).join('/');
    const anyOf = `${parts.slice(0, depth - 1).join('/')}/*`;
    const folder =
      folders.find((each) => each.path === at) ??
      (depth < parts.length ? folders.find((each) => each.path === anyOf) : undefined);
    if (folder) return { folder, at };
  }
  return undefined;
}

/** Why `file` may not import `target`; undefined: it may. */
export function refusal(file: string, target: string): string | undefined {
  const [from, to] = [folderOf(file), folderOf(target)];
  if (isTest(file) || !from || from.folder.imports === 'all' || from.at === to?.at) return undefined;
  if (to && from.folder.imports.includes(to.folder.path)) return undefined;
  const allowed = from.folder.imports.join(', ') || 'nothing of controller/';
  return `${from.at} may not import ${to?.at ?? relative(controller, target)}. It may import ${allowed} (tools/lint/folders.ts).`;
}

const vendors = readdirSync(`${controller}/integrations`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'kit' && entry.name !== 'git')
  .map(({ name }) => name);
const vendorName = new RegExp(vendors.join('|'), 'i');

const plugin = {
  meta: { name: 'allclear' },
  rules: {
    folders: {
      create(context: Context) {
        const check = (node: Node): void => {
          const specifier = node.source?.value;
          if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
          const message = refusal(context.filename, resolve(dirname(context.filename), specifier));
          if (message !== undefined) context.report({ node, message });
        };
        return {
          ImportDeclaration: check,
          ExportNamedDeclaration: check,
          ExportAllDeclaration: check,
          ImportExpression: check,
        };
      },
    },
    'no-vendor-names': {
      create(context: Context) {
        const check = (node: Node, words: unknown): void => {
          if (typeof words === 'string' && !isTest(context.filename) && vendorName.test(words))
            context.report({ node, message: `“${words}” names a vendor; only integrations/ may.` });
        };
        return {
          Identifier: (node: Node) => check(node, node.name),
          Literal: (node: Node) => check(node, node.value),
          TemplateElement: (node: Node) =>
            check(
              node,
              typeof node.value === 'object' && node.value && 'cooked' in node.value ? node.value.cooked : '',
            ),
        };
      },
    },
  },
};

// oxlint asks for it.
// oxlint-disable-next-line import/no-default-export
export default plugin;
