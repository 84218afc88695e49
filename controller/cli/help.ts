import { Option, type Command } from 'commander';

export const namespaceOption = (why: string): Option =>
  new Option('-n, --namespace <name>', `namespace ${why}; default: the kubeconfig’s`);
export const kubeconfigOption = (): Option =>
  new Option('--kubeconfig <file>', 'which kubeconfig; default: $KUBECONFIG, then ~/.kube/config');
export const contextOption = (): Option => new Option('--context <name>', 'which context of the kubeconfig');
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text');

/** Adds the options by which a command finds its cluster. @param why ends a sentence: `namespace in which to look` */
export const clusterOptions = (command: Command, why: string): Command =>
  command.addOption(namespaceOption(why)).addOption(kubeconfigOption()).addOption(contextOption());

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
