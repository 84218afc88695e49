import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Runs the demo; `seen` may send it a signal. Its temporary files go into a folder of their own, whose rest is told. */
async function demo(
  seen: (output: string, signal: (name: NodeJS.Signals) => void) => void = () => undefined,
): Promise<{ code: number | null; output: string; left: string[] }> {
  const temporary = await mkdtemp(join(tmpdir(), 'allclear-demo-'));
  folders.push(temporary);
  const env = { ...process.env, ONCE: '1', TMPDIR: temporary, FORCE_COLOR: undefined };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      seen(output, (name) => void child.kill(name));
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, left: await readdir(temporary) };
}

// Seen: 14 s on two idle cores.
test('the whole story comes true, in plain text, and nothing is left of it', async () => {
  const { code, output, left } = await demo();
  expect(output).not.toContain('✗');
  expect(output).toMatch(/watch it there: +http:\/\/127\.0\.0\.1:\d+\/\n/);
  expect(output).toContain('The whole story came true');
  expect(code).toBe(0);
  expect(output).not.toContain('\u001B');
  expect(output).not.toContain('\r');
  expect(left).toEqual([]);
});

test('SIGTERM in mid-story ends it with 143, and nothing is left of it', async () => {
  let sent = false;
  const { code, output, left } = await demo((so, signal) => {
    if (sent || !so.includes('apply -f incidents/example.yaml')) return;
    sent = true;
    signal('SIGTERM');
  });
  expect(code).toBe(143);
  expect(output).not.toContain('The whole story');
  expect(left).toEqual([]);
});
