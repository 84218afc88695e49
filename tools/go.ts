import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress, type Say } from './progress.ts';

export interface GoTool {
  /** The folder of the go.mod that pins it. */
  module: string;
  /** What to build. */
  package: string;
  /** The program's name. */
  binary: string;
  ldflags?: string;
}

/** The version that a go.mod pins `path` to, e.g. "v1.36.3". */
export function pinnedVersion(module: string, path: string): string {
  const file = join(module, 'go.mod');
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .map((text) =>
      text
        .trim()
        .replace(/^require /, '')
        .split(' '),
    )
    .find(([name, version]) => name === path && version?.startsWith('v'));
  if (!line?.[1]) throw new Error(`${file} does not require ${path}`);
  return line[1];
}

/** Builds `tool` into `folder`. Throws with what to do when Go is missing, with Go's own words when the build fails. */
export async function buildGo(tool: GoTool, folder: string, say: Say): Promise<void> {
  const args = ['build', '-trimpath', '-ldflags', `-s -w ${tool.ldflags ?? ''}`.trim()];
  args.push('-o', join(folder, tool.binary), tool.package);
  await withProgress(`building ${tool.binary}`, say, go(args, tool.module, folder));
}

/** `temporary` is removed by the caller if this throws: an interrupted go leaves what it was building. */
function go(args: string[], cwd: string, temporary: string): Promise<void> {
  // A go.work above this folder would change what is built.
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=readonly', GOTMPDIR: temporary };
  return new Promise((resolve, reject) => {
    // A group of its own: an interrupted go may leave its compilers running.
    const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-8_000)));
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? new Error(goMissing, { cause }) : cause);
    });
    // An interrupted build ends in order, so that what it made so far is removed.
    let interruption: string | undefined;
    const interrupt = (signal: string) => {
      interruption = signal;
      killGroup(child.pid);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, interrupt);
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, interrupt);
      if (interruption) reject(new Error(`interrupted by ${interruption}`));
      else if (code === 0) resolve();
      else reject(new Error(`go ${args.join(' ')} in ${cwd} ended with ${signal ?? code}:\n${output.trim()}`));
    });
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

const goMissing = [
  'Go is not installed, and the tests need kube-apiserver, etcd and kubectl. Do one of these:',
  '  - install Go 1.26 or newer (https://go.dev/dl/) and run the command again: it builds them, once;',
  '  - allow this machine to download envtest from github.com;',
  '  - set KUBEBUILDER_ASSETS to a folder that has them (setup-envtest use -p path 1.36.x).',
].join('\n');
