// Runs before each file of the project `unit`: real servers and processes are left to the project `integration`.
import { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';

const refuse = (what: string) => (): never => {
  throw new Error(`A unit test ${what}: what needs that is named *.real.test.ts, and make test runs it.`);
};

// `spawn` of the class is under spawn, execFile and fork alike, and is in no types.
Object.assign(ChildProcess.prototype, { spawn: refuse('starts no process') });
Server.prototype.listen = refuse('opens no socket');
