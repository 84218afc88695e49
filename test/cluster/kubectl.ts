import { spawn } from 'node:child_process';

/** kubectl ended with another code than 0; `stderr` is what a person would have read. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';
  readonly stderr: string;
  readonly code: number | null;

  constructor(args: readonly string[], code: number | null, stderr: string) {
    super(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
    this.code = code;
    this.stderr = stderr;
  }
}

export interface Kubectl {
  /** Runs kubectl and returns its standard output. Throws KubectlError. */
  (...args: string[]): Promise<string>;
  /** Applies objects (server-side, field manager "test") or YAML text; `args` are added. Throws KubectlError. */
  apply(objects: string | object | readonly object[], ...args: string[]): Promise<string>;
  /** Reads one object as JSON. Throws KubectlError. */
  get<T>(...args: string[]): Promise<T>;
}

/** kubectl of `program`, with this kubeconfig and none of the user's own settings. */
export function kubectlWith(program: string, kubeconfig: string): Kubectl {
  const run = (args: readonly string[], input = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      // KUBERC: a person's own aliases and defaults must not change a test.
      const env = { ...process.env, KUBECONFIG: kubeconfig, KUBERC: 'off' };
      const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      // It may end before it has read everything; the code tells.
      child.stdin.on('error', () => undefined).end(input);
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(stdout);
        else reject(new KubectlError(args, code, stderr));
      });
    });

  return Object.assign((...args: string[]) => run(args), {
    apply: (objects: string | object | readonly object[], ...args: string[]) =>
      run(['apply', '--server-side', '--field-manager=test', '-f', '-', ...args], manifest(objects)),
    get: async <T>(...args: string[]) => {
      const object: T = JSON.parse(await run(['get', '-o', 'json', ...args]));
      return object;
    },
  });
}

function manifest(objects: string | object | readonly object[]): string {
  if (typeof objects === 'string') return objects;
  if (Array.isArray(objects)) return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return JSON.stringify(objects);
}
