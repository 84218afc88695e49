// Generated from controller/integrations/ by tools/generate.ts. Do not edit.
import type { Provider } from '../api/integration.gen.ts';
import { bound, type Bound } from './bound.ts';
import { git } from './git/git.ts';
import { github } from './github/github.ts';
import { slack } from './slack/slack.ts';
import type { VendorFacts } from './kit/vendor.ts';

export const registry: readonly {
  readonly vendor: VendorFacts;
  readonly bind: (provider: Provider) => Bound | undefined;
}[] = [
  { vendor: git, bind: (provider) => bound(git, provider.git) },
  { vendor: github, bind: (provider) => bound(github, provider.github) },
  { vendor: slack, bind: (provider) => bound(slack, provider.slack) },
];
