// `make tools`: gets what the tests need and prints the folder that has it (usable as KUBEBUILDER_ASSETS).
import { dirname } from 'node:path';
import { getClusterTools } from './cluster-tools.ts';
import { messageOf } from './progress.ts';

try {
  console.log(dirname((await getClusterTools()).kubectl));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
