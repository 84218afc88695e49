// Generated from controller/integrations/ by tools/generate.ts. Do not edit.
import { gitReasons } from '../integrations/git/reasons.ts';
import { githubReasons } from '../integrations/github/reasons.ts';
import { slackReasons } from '../integrations/slack/reasons.ts';

/** The reasons that vendors have of their own. */
export const vendorReasons = {
  ...gitReasons,
  ...githubReasons,
  ...slackReasons,
} as const;
