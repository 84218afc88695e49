import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, type Problem } from '../api/problems.ts';
import { readSources } from '../api/source.ts';
import { isRecord } from '../api/schema.ts';
import { validateFile } from '../api/validate.ts';
import { checkRecord } from '../record/check.ts';
import { withCluster } from './cluster.ts';
import { dryRun } from './dry-run.ts';
import { documentsOf, read, readInputs, type InputFile } from './files.ts';
import { CliError, count, type Io } from './io.ts';
import type { ValidateOptions } from './options.ts';

/** Checks files and record folders; prints every problem, then a count. @returns the exit code: 1 when there is any problem */
export async function validate(paths: readonly string[], options: ValidateOptions, io: Io): Promise<number> {
  const inputs = await readInputs(paths, io);
  const [files, passedOver] = partition(inputs.files, isResourceFile);
  for (const { path } of passedOver) io.err(`${path}: passed over, since it holds no Kubernetes resource`);
  const problems: Problem[] = [];
  const sound: InputFile[] = [];
  for (const file of files) {
    const found = validateFile(file.text, file.path);
    problems.push(...found);
    if (found.length === 0) sound.push(file);
    notices(file, found, io);
  }
  if (options.server) problems.push(...(await askServer(sound, options, io)));
  for (const folder of inputs.records) problems.push(...problemsOfRecord(folder));
  return report(problems, files.length, inputs.records.length, io);
}

function report(problems: readonly Problem[], files: number, records: number, io: Io): number {
  const parts = [
    ...(files > 0 || records === 0 ? [count(files, 'file')] : []),
    ...(records > 0 ? [count(records, 'record')] : []),
  ].join(' and ');
  if (files + records === 0) throw new CliError('there is no file to check: no YAML file and no record was found');
  for (const problem of problems) io.out(formatProblem(problem));
  io.out(problems.length === 0 ? `${parts}, no problem` : `${parts}, ${count(problems.length, 'problem')}`);
  return problems.length === 0 ? 0 : 1;
}

/** A YAML file that a folder happens to hold need not be for Kubernetes; one that was named must be. */
const isResourceFile = ({ found, text }: InputFile): boolean =>
  found !== true ||
  readSources(text).some(
    ({ value, mistakes }) => mistakes.length > 0 || (isRecord(value) && ('kind' in value || 'apiVersion' in value)),
  );

function notices(file: InputFile, found: readonly Problem[], io: Io): void {
  for (const { line, kind } of documentsOf(file).foreign) {
    if (found.some((problem) => problem.line === line)) continue;
    io.err(`${file.path}:${line}: ${kind} is passed over: it is not one of AllClear’s kinds`);
  }
}

/** What the files alone could not show: rules, what a change may do, names that are taken. */
async function askServer(files: readonly InputFile[], options: ValidateOptions, io: Io): Promise<Problem[]> {
  return withCluster(options, async (cluster) => {
    const problems: Problem[] = [];
    for (const declared of files.flatMap((file) => documentsOf(file).ours)) {
      const { file, kind } = declared;
      const answer = await dryRun(cluster, kind, declared);
      if (answer.result === 'refused')
        problems.push(
          ...answer.refusals.map(({ field, path, message }) => ({ file, line: declared.line(path), field, message })),
        );
      if (answer.result === 'forbidden')
        io.err(`${file}:${declared.line([])}: not judged by the API server: you may not write this ${kind}`);
    }
    return problems;
  });
}

function problemsOfRecord(folder: string): Problem[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const files = Object.fromEntries(names.map(({ name }) => [name, read(join(folder, name))]));
  return checkRecord(files).map(({ file, line = 1, message, fix }) => ({
    file: join(folder, file),
    line,
    field: '',
    message: `${message}. ${fix}`,
  }));
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
