import { isRecord } from '../controller/api/schema.ts';
import { sectionsWith, type ReasonSection } from '../controller/reasons/sections.ts';
import { vendorExport, vendorsWith } from './vendor-options.ts';

const head = `<!-- Written by make generate from controller/reasons/ and the reasons.ts of each vendor. Do not edit. -->

# Reasons

Every condition and every effect that is not simply done has a reason. \`kubectl describe inc\`, \`npx allclear explain\`
and Events show it beside a message with the particulars. Here is what each means and what to do.

A refused effect (\`Failed\`) is tried again after five minutes, then less and less often, up to every hour (a push each
minute), and at once when the Incident's spec or its Integration changes; so mending the cause is enough. The same holds for a refused edit of
something that stands: it stays as it was, its condition is False, and the facts of its entry in \`status.effects\` say why
(\`refusedReason\`, \`refusedMessage\`) until an edit succeeds. Each refusal is told by one Event, however often it is met again.
`;

/** The text of docs/reasons.md. */
export const reasonsPage = async (): Promise<string> => [head, ...(await reasonSections()).map(sectionOf)].join('\n');

/** Those of vendors are read from their folders: the generated list may lack a new one, or hold one that is gone. */
export async function reasonSections(): Promise<readonly ReasonSection[]> {
  return sectionsWith(await Promise.all(vendorsWith('reasons.ts').map(vendorSection)));
}

async function vendorSection(name: string): Promise<ReasonSection> {
  const [vendor, reasons] = await Promise.all([
    vendorExport(`${name}/${name}.ts`, name),
    vendorExport(`${name}/reasons.ts`, `${name}Reasons`),
  ]);
  if (!isRecord(vendor) || typeof vendor['title'] !== 'string') throw new Error(`${name}/${name}.ts: no title`);
  if (!isReasons(reasons)) throw new Error(`${name}/reasons.ts: a reason says in words what it means and what to do`);
  return { title: vendor['title'], reasons };
}

const isReasons = (value: unknown): value is ReasonSection['reasons'] =>
  isRecord(value) &&
  Object.values(value).every(
    (line) => isRecord(line) && typeof line['means'] === 'string' && typeof line['todo'] === 'string',
  );

/** controller/reasons/vendors.gen.ts: reasons.ts in the folder of a vendor exports its own as `jiraReasons`. */
export function vendorReasons(): string {
  const names = vendorsWith('reasons.ts');
  const lines = (line: (name: string) => string): string => names.map(line).join('\n');
  return `${lines((name) => `import { ${name}Reasons } from '../integrations/${name}/reasons.ts';`)}

/** The reasons that vendors have of their own. */
export const vendorReasons = {
${lines((name) => `  ...${name}Reasons,`)}
} as const;
`;
}

function sectionOf({ title, about, reasons }: ReasonSection): string {
  const rows = Object.entries(reasons).map(([name, { means, todo }]) => [`\`${name}\``, means, todo]);
  return [`## ${title}`, ...(about === undefined ? [] : ['', about]), '', ...tableOf(rows), ''].join('\n');
}

/** Padded as the formatter of the repository pads it. */
function tableOf(rows: readonly (readonly string[])[]): string[] {
  const all = [['Reason', 'It means', 'To do'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [names = [], ...cells] = all;
  return [line(names), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}
