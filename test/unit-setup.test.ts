import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';

it('lets no unit test open a socket or start a process', () => {
  expect(() => createServer().listen(0)).toThrow('A unit test opens no socket');
  expect(() => spawn('true')).toThrow('A unit test starts no process');
});
