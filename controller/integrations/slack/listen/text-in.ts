import { unescape } from '../mrkdwn.ts';

/**
 * What a person wrote, out of Slack's form: `<@U1>` becomes a name, `<#C1|general>` #general, a link its label and
 * address, `&lt;` a bracket. Formatting marks stay as they were typed.
 */
export async function fromSlack(text: string, nameOf: (user: string) => Promise<string>): Promise<string> {
  const parts = text.split(/(<[^<>]*>)/);
  const plain = await Promise.all(
    parts.map(async (part) =>
      part.startsWith('<') && part.endsWith('>') ? token(part.slice(1, -1), nameOf) : unescape(part),
    ),
  );
  return plain.join('');
}

async function token(inner: string, nameOf: (user: string) => Promise<string>): Promise<string> {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : unescape(inner.slice(bar + 1));
  if (target.startsWith('@')) return `@${label || (await nameOf(target.slice(1)))}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  if (target.startsWith('!')) return label || `@${target.slice(1).split('^')[0] ?? ''}`;
  const address = unescape(target).replace(/^mailto:/, '');
  return label === '' || label === address || address.endsWith(`//${label}`) ? address : `${label} (${address})`;
}

/** `<@U123|bo>`, as Slack sends a mention in a command with escaped names: the first one's id. */
export const mentioned = (text: string): string | undefined => /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/.exec(text)?.[1];
