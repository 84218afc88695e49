import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { CommandRefused } from '../integrations/kit/commands.ts';
import { KubeError, KubeUnreachable } from '../runtime/kube-errors.ts';
import { contextOption, examples, kubeconfigOption, namespaceOption, outputOption } from './help.ts';
import { CliError, type Io } from './io.ts';
import type { ValidateOptions, PlanOptions, ExplainOptions, DoctorOptions } from './options.ts';
import { addVendorCommands } from './vendor-commands.ts';

/**
 * One call of the command line, from its arguments to its exit code: 0 for yes, 1 for a problem that was found or met,
 * 2 for a call that was not understood.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const end = (value: number): void => {
    code = value;
  };
  const program = new Command('allclear')
    .description('Incident response as code for Kubernetes: check, foresee and understand what AllClear does.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .exitOverride()
    .showHelpAfterError('Run allclear --help for help.')
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  addValidate(program, io, end);
  addPlan(program, io, end);
  addExplain(program, io, end);
  addDoctor(program, io, end);
  addVendorCommands(program, io, end);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, io);
  }
}

function failed(error: unknown, io: Io): number {
  // Its words are out already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CliError || error instanceof CommandRefused) io.err(`allclear: ${error.message}`);
  else if (error instanceof ConfigError) io.err(`allclear: the configuration is wrong\n${error.message}`);
  else if (error instanceof KubeUnreachable)
    io.err(`allclear: ${error.message}. Is the cluster up, and KUBECONFIG right?`);
  else if (error instanceof KubeError) io.err(`allclear: the API server refused: ${error.message}`);
  else throw error;
  return 1;
}

function addValidate(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('validate')
    .description(
      'Check files before a cluster sees them: AllClear’s resources in YAML, and folders with a post-mortem record.',
    )
    .argument('<path...>', 'files, folders, or - for standard input')
    .option('--server', 'also ask the API server by a dry run, which judges the rules that files alone cannot show')
    .addOption(namespaceOption('for what states none, with --server'))
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      'after',
      examples(
        'allclear validate incidents/example.yaml',
        'allclear validate incidents/                # every YAML file and every record in it',
        'allclear validate --server -n payments incidents/example.yaml',
        'helm template charts/team | allclear validate -',
      ),
    )
    .action(async (paths: string[], options: ValidateOptions) => {
      const { validate } = await import('./validate.ts');
      end(await validate(paths, options, io));
    });
}

function addPlan(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('plan')
    .description(
      'Show what applying the Incidents in these files would do outside. Nothing is sent or written. With a kubeconfig the cluster’s policies, integrations and incidents count, too; without one the files alone.',
    )
    .argument('<file...>', 'files with Incidents and IncidentUpdates, or - for standard input')
    .option('--policy <file...>', 'files with ResponsePolicies and Integrations to plan with, as if they were applied')
    .option('--offline', 'ask no cluster, even where a kubeconfig names one')
    .addOption(outputOption())
    .addOption(namespaceOption('for what states none'))
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      'after',
      examples(
        'allclear plan incidents/example.yaml',
        'allclear plan --offline incidents/example.yaml --policy docs/examples/policy.yaml docs/examples/integrations.yaml',
        'allclear plan incidents/example.yaml --output json',
      ),
    )
    .action(async (files: string[], options: PlanOptions) => {
      const { plan } = await import('./plan/plan.ts');
      end(await plan(files, options, io));
    });
}

function addExplain(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('explain')
    .description('Say why each effect of an incident happened, waits or did not, as the cluster has it.')
    .argument('<incident>', 'its number (INC-00001, or 1) or the name of its resource')
    .addOption(namespaceOption('in which to look'))
    .option('-A, --all-namespaces', 'look in all namespaces')
    .addOption(outputOption())
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      'after',
      examples('allclear explain INC-00001', 'allclear explain mobile-app-login -n payments', 'allclear explain 1 -A'),
    )
    .action(async (incident: string, options: ExplainOptions) => {
      const { explain } = await import('./explain/explain.ts');
      end(await explain(incident, options, io));
    });
}

function addDoctor(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('doctor')
    .description(
      'Check the whole connection, reading only: API server, CRDs, Lease, and each Integration with its Secret, token, scopes, sockets and clock. Exit code 1 when something is wrong.',
    )
    .addOption(namespaceOption('whose Integrations are checked'))
    .option('-A, --all-namespaces', 'check the Integrations of all namespaces')
    .addOption(outputOption())
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText(
      'after',
      examples('allclear doctor', 'allclear doctor -n payments', 'allclear doctor -A --output json'),
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.ts');
      end(await doctor(options, io));
    });
}

function version(): string {
  const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof packageJson === 'object' && packageJson !== null && 'version' in packageJson
    ? String(packageJson.version)
    : 'unknown';
}
