/** One Block Kit block. The emulator's front holds each against Slack's limits. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** `verbatim`: Slack makes no links or mentions of its own from people's words. */
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
export const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
export const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });
