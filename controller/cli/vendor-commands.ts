import type { Command } from 'commander';
import { vendorCommands } from '../integrations/commands.gen.ts';
import type { CommandLine } from '../integrations/kit/commands.ts';
import { clusterOptions, examples } from './help.ts';
import type { Io } from './io.ts';

/** `allclear <vendor> …` for each vendor with commands of its own. */
export function addVendorCommands(program: Command, io: Io, end: (code: number) => void): void {
  const line: CommandLine = {
    clusterOptions,
    examples,
    async run(task) {
      const { commandRun } = await import('./vendor-run.ts');
      end(await task(commandRun(io)));
    },
  };
  for (const [name, commands] of Object.entries(vendorCommands))
    commands.add(program.command(name).description(commands.description), line);
}
