import { InvalidArgumentError, Option } from 'commander';
import type { VendorCommands } from '../kit/commands.ts';
import type { ManifestOptions } from './manifest.ts';

/** `allclear slack …`. */
export const slackCommands: VendorCommands = {
  description: 'What a Slack administrator needs.',
  add(parent, line) {
    const command = parent
      .command('manifest')
      .description(
        'Print the manifest of the Slack app that what is configured needs: by the Integration and ResponsePolicies in these files, else in the cluster, else for the defaults.',
      )
      .argument('[file...]', 'files with Integrations and ResponsePolicies, or - for standard input')
      .addOption(
        new Option('--mode <mode>', 'how Slack reaches us; default: as the Integration says').choices([
          'socket',
          'http',
        ]),
      )
      .option(
        '--url <https-url>',
        'with mode http: the address under which Slack reaches the controller; without a path, /slack/<namespace>/<integration> is added',
      )
      .addOption(
        new Option(
          '--private-channels <on|off>',
          'ask for what private channels need; default: as the policies say',
        ).choices(['on', 'off']),
      )
      .option('--integration <name>', 'which Integration, where there are several of Slack')
      .addOption(
        new Option('--name <name>', 'how the app is called, 35 characters or fewer')
          .default('AllClear')
          .argParser(appName),
      )
      .addOption(new Option('-o, --output <format>', 'how to print it').choices(['yaml', 'json']).default('yaml'));
    line
      .clusterOptions(command, 'in which to look')
      .addHelpText(
        'after',
        line.examples(
          'allclear slack manifest',
          'allclear slack manifest docs/examples/integrations.yaml docs/examples/policy.yaml',
          'allclear slack manifest --mode http --url https://allclear.example.com --output json',
        ),
      )
      .action((files: string[], options: ManifestOptions) =>
        line.run(async (run) => (await import('./manifest.ts')).slackManifest(files, options, run)),
      );
  },
};

function appName(text: string): string {
  if (text.trim() === '' || text.length > 35) throw new InvalidArgumentError('Slack takes 1 to 35 characters.');
  return text.trim();
}
