import { describe, expect, it } from 'vitest';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import { decodeWatch, endsInitialEvents } from './kube-watch.ts';

const event = (type: string, name: string, resourceVersion = '1') => ({
  type,
  object: { metadata: { name, resourceVersion } },
});

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(text: string, size = 7): Promise<unknown[]> {
  return Array.fromAsync(decodeWatch(inPieces(Buffer.from(text), size)));
}

describe('the body of a watch', () => {
  it('comes in pieces that end anywhere, even within a character', async () => {
    const events = [event('ADDED', 'größe-日本'), event('MODIFIED', 'b'), event('DELETED', 'c')];
    const text = events.map((e) => `${JSON.stringify(e)}\n`).join('');
    for (const size of [1, 2, 3, 7, 64, 10_000]) expect(await decode(text, size)).toEqual(events);
  });

  it('may lack the last newline, and have empty lines', async () => {
    expect(await decode(`\n${JSON.stringify(event('ADDED', 'a'))}\n\n`)).toHaveLength(1);
  });

  it('that is cut within an event is no clean end; what came before counts', async () => {
    const whole = `${JSON.stringify(event('ADDED', 'a'))}\n`;
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const e of decodeWatch(inPieces(Buffer.from(whole + whole.slice(0, 20)), 9))) seen.push(e);
    })();
    await expect(reading).rejects.toThrow(KubeUnreachable);
    expect(seen).toHaveLength(1);
  });

  it('that is not JSON, or no event, counts as cut', async () => {
    await expect(decode('<html>\n')).rejects.toThrow(KubeUnreachable);
    await expect(decode('{"type":"SURPRISE","object":{"metadata":{}}}\n')).rejects.toThrow(KubeUnreachable);
    await expect(decode('{"type":"ADDED"}\n')).rejects.toThrow(KubeUnreachable);
  });

  it('may hold an error, which is a refusal', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (5)' };
    const reading = decode(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    await expect(reading).rejects.toThrow(KubeError);
    await expect(reading).rejects.toMatchObject({ status: 410, reason: 'Expired', message: status.message });
  });
});

it('knows the bookmark that ends the initial events from any other', () => {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  expect(endsInitialEvents({ type: 'BOOKMARK', object: { metadata: { annotations } } })).toBe(true);
  expect(endsInitialEvents({ type: 'BOOKMARK', object: { metadata: {} } })).toBe(false);
  expect(endsInitialEvents({ type: 'ADDED', object: { metadata: { annotations } } })).toBe(false);
});
