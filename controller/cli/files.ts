import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { apiVersion, group } from '../api/names.ts';
import { plurals, type KindName } from '../api/kinds.gen.ts';
import { isRecord } from '../api/schema.ts';
import { readSources, type Step } from '../api/source.ts';
import { CliError, type Io } from './io.ts';

export interface InputFile {
  readonly path: string;
  readonly text: string;
  /** Found in a folder that was named, not named itself. */
  readonly found?: boolean;
}

export interface Inputs {
  readonly files: readonly InputFile[];
  /** Folders with a post-mortem record. */
  readonly records: readonly string[];
}

/** What makes a folder a record. */
const recordFiles: ReadonlySet<string> = new Set(['record.json', 'timeline.md', 'postmortem.md']);

/**
 * Files as they are named, YAML files of folders at any depth, `-` from standard input. A folder with a record counts as
 * one, and so does any of its files. @throws CliError
 */
export async function readInputs(paths: readonly string[], io: Io): Promise<Inputs> {
  const files = new Map<string, InputFile>();
  const records = new Set<string>();
  for (const path of new Set(paths)) {
    if (path === '-') files.set('-', { path: 'stdin', text: await io.stdin() });
    else if (isFolder(path)) walk(path, files, records);
    else if (recordFiles.has(basename(path))) records.add(dirname(path));
    else files.set(path, { path, text: read(path) });
  }
  return { files: [...files.values()], records: [...records] };
}

function walk(folder: string, files: Map<string, InputFile>, records: Set<string>): void {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some(({ name }) => recordFiles.has(name))) {
    records.add(folder);
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') walk(path, files, records);
    } else if (/\.ya?ml$/.test(entry.name) && !files.has(path))
      files.set(path, { path, text: read(path), found: true });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** @throws CliError */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'ENOENT' ? 'there is no such file or folder' : String(error);
  return new CliError(`${path}: ${why}`, { cause: error });
}

/** One document of a file that is one of our kinds. */
export interface Declared {
  readonly file: string;
  readonly kind: KindName;
  readonly object: DeclaredObject;
  /** From 1; of the field, else of the nearest one around it. */
  readonly line: (path: readonly Step[]) => number;
}

export interface DeclaredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The documents of a file by whose they are. Those without kind are in neither. Nothing is checked: see validateFile. */
export function documentsOf({ path, text }: InputFile): {
  readonly ours: readonly Declared[];
  readonly foreign: readonly { readonly line: number; readonly kind: string }[];
} {
  const ours: Declared[] = [];
  const foreign: { line: number; kind: string }[] = [];
  for (const source of readSources(text)) {
    const { value } = source;
    const line = (steps: readonly Step[]): number => source.line(steps);
    if (!isRecord(value) || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') continue;
    if (isOurs(value)) ours.push({ file: path, kind: value.kind, object: value, line });
    else if (!value['apiVersion'].startsWith(`${group}/`)) {
      foreign.push({ line: line([]), kind: `${value['apiVersion']} ${value['kind']}` });
    }
  }
  return { ours, foreign };
}

const isOurs = (value: unknown): value is DeclaredObject & { readonly kind: KindName } =>
  isRecord(value) &&
  value['apiVersion'] === apiVersion &&
  typeof value['kind'] === 'string' &&
  value['kind'] in plurals &&
  isRecord(value['metadata']) &&
  isRecord(value['spec']);
