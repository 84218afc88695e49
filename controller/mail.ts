/**
 * What a mail address is compared by: mail systems take `Zoe@Example.com` and `zoe@example.com` for one mailbox, and chat,
 * directories and people write either. Only for comparing: what is stored and shown stays as it was written.
 */
export const mailKey = (mail: string): string => mail.trim().toLowerCase();

/** The first of each mailbox, as it is written there. */
export function uniqueMails(people: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const person of people) if (!first.has(mailKey(person))) first.set(mailKey(person), person);
  return [...first.values()];
}
