import type { Command } from 'commander';
import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';

/** Which cluster, as kubectl's options of the same names. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

export interface Configured {
  readonly integrations: readonly Integration[];
  readonly policies: readonly ResponsePolicy[];
}

/** What `allclear` gives to a vendor's command while it runs. */
export interface CommandRun {
  /** Where the controller runs, and what people type to it: `/incident`. @throws ConfigError */
  install(): { readonly namespace: string; readonly command: string };
  /** What these files declare, with defaults; undefined: some are wrong, and it has said so. */
  inFiles(files: readonly string[]): Promise<Configured | undefined>;
  /** Of the namespace that is named, and what the controller's own shares with it; undefined: no cluster is named. */
  inCluster(options: ClusterOptions): Promise<Configured | undefined>;
  /** One line or several, without the last line's end. */
  out(text: string): void;
  /** Notices: never part of a result. */
  err(text: string): void;
}

/** What `allclear` gives to a vendor that adds its commands. Nothing that is slow to load is needed before one runs. */
export interface CommandLine {
  /** Adds -n, --kubeconfig and --context. @param why ends a sentence in help: `namespace in which to look` */
  clusterOptions(command: Command, why: string): Command;
  /** The part of help that shows calls, one a line. */
  examples(...lines: readonly string[]): string;
  /** Runs what a call asks for, which answers with the exit code. */
  run(task: (run: CommandRun) => Promise<number>): Promise<void>;
}

/** `allclear <vendor> …`: the commands.ts of a vendor's folder exports it as `<vendor>Commands`. */
export interface VendorCommands {
  /** Of them all, in a sentence. */
  readonly description: string;
  add(parent: Command, line: CommandLine): void;
}

/** Something a person can put right: shown as it is. Exit code 1. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}
