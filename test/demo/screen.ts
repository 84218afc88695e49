import { styleText } from 'node:util';
import { shortened, wrap } from './text.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan';

/** Where the demo is told. Colours and progress only on a terminal; elsewhere plain text. */
export interface Screen {
  heading(text: string): void;
  /** A paragraph. */
  say(text: string): void;
  /** A command as a person could type it. */
  command(text: string): void;
  /** A person's act that is no command. */
  act(text: string): void;
  /** What a program said, or what stands in a file. */
  output(text: string): void;
  /** One change outside: where, at what, and what of it. The first two are blank where they are those of the line above. */
  row(where: string, what: string, text: string): void;
  good(text: string): void;
  bad(text: string): void;
  link(what: string, url: string): void;
  gap(): void;
  /** While `work` goes on, says what is waited for and for how long. */
  during<T>(what: () => string, work: Promise<T>): Promise<T>;
}

const widest = 100;
/** As long as a person waits without wondering. */
const refresh = 500;
const plainRefresh = 20_000;

export function createScreen(stream: NodeJS.WriteStream): Screen {
  const terminal = stream.isTTY && process.env['TERM'] !== 'dumb';
  const coloured = terminal && !process.env['NO_COLOR'];
  const columns = (): number => Math.max(60, Math.min(widest, terminal ? stream.columns : widest));
  const paint = (style: Style | Style[], text: string): string =>
    coloured && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  const print = (line = ''): void => void stream.write(`${line}\n`);
  /** `lead` before the first line, as many spaces before the others. */
  const hanging = (lead: string, shownLead: string, text: string, style?: Style): void => {
    for (const [i, line] of wrap(text, columns() - lead.length).entries()) {
      print(`${i === 0 ? shownLead : ' '.repeat(lead.length)}${style ? paint(style, line) : line}`.trimEnd());
    }
  };

  return {
    heading(text) {
      print();
      print(paint(['bold', 'cyan'], text));
      print(paint('cyan', '─'.repeat(Math.min(columns(), text.length))));
    },
    say: (text) => hanging('', '', text),
    command: (text) => print(`${paint('dim', '$')} ${paint('bold', text)}`),
    act: (text) => hanging('» ', paint('dim', '» '), text, 'bold'),
    output(text) {
      for (const line of text.trimEnd().split('\n')) {
        const indent = `  ${/^ */.exec(line)?.[0] ?? ''}`;
        // A row of a table stays whole.
        if (/\S {2,}\S/.test(line)) print(`  ${line}`.trimEnd());
        else hanging(`${indent}  `, indent, line.trim());
      }
    },
    row(where, what, text) {
      const lead = `  ${where.padEnd(7)} ${what.padEnd(14)} `;
      const shownLead = `  ${paint('cyan', where.padEnd(7))} ${paint('bold', what.padEnd(14))} `;
      // A quotation keeps its bar.
      const bar = /^│ (?:[+−] )?/.exec(text)?.[0] ?? '';
      const [first = '', ...rest] = wrap(text.slice(bar.length), columns() - lead.length - bar.length);
      print(`${shownLead}${bar}${first}`);
      for (const line of rest) print(`${' '.repeat(lead.length)}${bar && '│'.padEnd(bar.length)}${line}`);
    },
    good: (text) => hanging('  ✓ ', `  ${paint('green', '✓')} `, text),
    bad: (text) => hanging('  ✗ ', `  ${paint('red', '✗')} `, text, 'red'),
    // Never broken, so that a terminal makes a link of it.
    link: (what, url) => print(`  ${paint('dim', '→')} ${`${what}:`.padEnd(22)} ${url}`),
    gap: () => print(),
    async during(what, work) {
      const start = performance.now();
      const elapsed = (): number => Math.round((performance.now() - start) / 1_000);
      const show = (): void => {
        if (terminal) {
          const line = shortened(`  … waiting: ${what()} (${elapsed()} s)`, columns() - 1);
          stream.write(`\r\u001B[2K${paint('dim', line)}`);
        } else print(`  … still waiting after ${elapsed()} s: ${what()}`);
      };
      const timer = setInterval(show, terminal ? refresh : plainRefresh);
      try {
        return await work;
      } finally {
        clearInterval(timer);
        if (terminal) stream.write('\r\u001B[2K');
      }
    },
  };
}
