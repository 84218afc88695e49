// Generated from controller/integrations/ by tools/generate.ts. Do not edit.
import type { VendorCommands } from './kit/commands.ts';
import { slackCommands } from './slack/commands.ts';

export const vendorCommands: Readonly<Record<string, VendorCommands>> = {
  slack: slackCommands,
};
