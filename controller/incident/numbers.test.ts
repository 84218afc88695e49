import { expect, it } from 'vitest';
import { numberPort, type Numbers, type NumberStore } from './numbers.ts';

/** A store with compare and swap, and somebody else who may write in between. */
function store(): NumberStore & { numbers: Numbers | undefined; writes: number; between: (() => void) | undefined } {
  let version = 0;
  return {
    numbers: undefined,
    writes: 0,
    between: undefined,
    async read() {
      return this.numbers && { numbers: this.numbers, version: String(version) };
    },
    async write(numbers, seen) {
      const { between } = this;
      this.between = undefined;
      if (between) {
        between();
        version += 1;
      }
      this.writes += 1;
      if (seen !== (this.numbers ? String(version) : undefined)) return false;
      this.numbers = numbers;
      version += 1;
      return true;
    },
  };
}

const call = (uid: string) => ({
  key: 'number',
  within: {},
  desired: {},
  rev: '',
  owner: { install: 'i', namespace: 'n', name: uid, uid },
  since: 0,
  priority: 1,
  signal: new AbortController().signal,
  go: () => {},
});

it('gives each uid one number, however often it is asked, in few writes', async () => {
  const kept = store();
  const port = numberPort(kept, () => 0);
  const uids = Array.from({ length: 50 }, (_, i) => `u${i}`);
  const landed = await Promise.all([...uids, ...uids].map((uid) => port.create(call(uid))));
  const numbers = landed.map(({ ref }) => Number(ref['number']));
  expect(new Set(numbers).size).toBe(50);
  expect(numbers.slice(0, 50)).toEqual(numbers.slice(50));
  expect(kept.writes).toBe(1);
});

it('gives the same number to the next process', async () => {
  const kept = store();
  const first = await numberPort(kept, () => 0).create(call('a'));
  await numberPort(kept, () => 0).create(call('b'));
  expect(await numberPort(kept, () => 0).create(call('a'))).toEqual(first);
});

it('begins above what is known elsewhere', async () => {
  const kept = store();
  expect((await numberPort(kept, () => 446).create(call('a'))).ref).toEqual({ number: '447' });
});

it('asks the record while there is no counter, and never again', async () => {
  const kept = store();
  let asked = 0;
  const recorded = async (): Promise<number> => ((asked += 1), 446);
  expect((await numberPort(kept, () => 12, recorded).create(call('a'))).ref).toEqual({ number: '447' });
  expect((await numberPort(kept, () => 12, recorded).create(call('b'))).ref).toEqual({ number: '448' });
  expect(asked).toBe(1);
});

it('takes the next one when somebody else wrote in between', async () => {
  const kept = store();
  await numberPort(kept, () => 0).create(call('a'));
  kept.between = () => (kept.numbers = { next: 9, assigned: { other: 8 } });
  expect((await numberPort(kept, () => 0).create(call('b'))).ref).toEqual({ number: '9' });
});
