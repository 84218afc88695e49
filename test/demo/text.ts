/** Breaks at spaces so that no line is wider than `width`; longer words stand alone, whole. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}

/** One line of at most `most` characters. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;

/** Slack's markup as people see it, without weight and slant. */
export const slackShown = (mrkdwn: string, names: ReadonlyMap<string, string> = new Map()): string =>
  mrkdwn
    .replaceAll(/<@(\w+)>/g, (_, id: string) => `@${names.get(id) ?? id}`)
    .replaceAll(/<[^<>|]+\|([^<>]*)>/g, '$1')
    .replaceAll(/<([^<>|]+)>/g, '$1')
    .replaceAll(/(^|\s)\*([^*\n]+)\*/g, '$1$2')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** GitHub's markup as people see it, without empty lines and hidden comments. */
export const markdownLines = (markdown: string): string[] =>
  markdown
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replaceAll('**', '')
    // What keeps a mail address from becoming a mention.
    .replaceAll('\u200D', '')
    .split('\n')
    .map((line) => line.replace(/^(> ?)+|^- /, '').trim())
    .filter((line) => line !== '');

/** `Severity: SEV2 → SEV1` for a line that was changed, `+ …` and `− …` for those that came and went. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((line) => !after.includes(line));
  const changed = after
    .filter((line) => !before.includes(line))
    .map((line) => {
      const at = gone.findIndex((old) => alike(old, line) !== undefined);
      return at < 0 ? `+ ${line}` : (alike(gone.splice(at, 1)[0] ?? '', line) ?? line);
    });
  return [...gone.map((line) => `− ${line}`), ...changed];
}

/** What differs between two lines, with a few words before it; undefined if they have too little in common. */
function alike(before: string, after: string): string | undefined {
  const [old, now] = [before.split(' '), after.split(' ')];
  const shortest = Math.min(old.length, now.length);
  let start = 0;
  while (start < shortest && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shortest - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const was = old.slice(start, old.length - end).join(' ');
  const is = now.slice(start, now.length - end).join(' ');
  if (3 * (start + end) < Math.max(old.length, now.length) - start - end) return undefined;
  if (was === '') return `+ ${after}`;
  if (is === '') return `now: ${after}`;
  const context = old.slice(0, start);
  const shown = context.length > 4 ? ['…', ...context.slice(-4)] : context;
  return [...shown, was, '→', is].join(' ');
}
