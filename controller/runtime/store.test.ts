import { describe, expect, it } from 'vitest';
import { compareVersions } from './kube-object.ts';
import { Store, type StoreOptions } from './store.ts';

interface Thing {
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string; managedFields?: unknown[] };
  color?: string;
}

function thing(name: string, version: number, changes: { uid?: string; color?: string } = {}): Thing {
  const { uid = `uid-${name}`, color } = changes;
  return { metadata: { name, namespace: 'ns', uid, resourceVersion: String(version) }, ...(color && { color }) };
}

function aStore(options: StoreOptions<Thing> = {}) {
  const store = new Store<Thing>(options);
  const changes: string[] = [];
  store.onChange((key, object, old) =>
    changes.push(`${key} ${old?.metadata.resourceVersion ?? '-'}→${object?.metadata.resourceVersion ?? '-'}`),
  );
  return { store, changes, version: (name: string) => store.get(`ns/${name}`)?.metadata.resourceVersion };
}

it('orders versions as integers, not as text', () => {
  expect(compareVersions('9', '10')).toBeLessThan(0);
  expect(compareVersions('18446744073709551615', '18446744073709551614')).toBeGreaterThan(0);
  expect(compareVersions('7', '7')).toBe(0);
});

describe('the watch', () => {
  it('is told once for each change', () => {
    const { store, changes } = aStore();
    store.upsert(thing('a', 1));
    store.upsert(thing('a', 1));
    store.upsert(thing('a', 2));
    store.delete(thing('a', 3));
    store.delete(thing('a', 3));
    expect(changes).toEqual(['ns/a -→1', 'ns/a 1→2', 'ns/a 2→-']);
    expect(store.size).toBe(0);
    expect(store.revision).toBe('3');
  });

  it('does not take back what is newer', () => {
    const { store, changes, version } = aStore();
    store.observe(thing('a', 10));
    store.upsert(thing('a', 9));
    expect(version('a')).toBe('10');
    expect(changes).toEqual(['ns/a -→10']);
  });

  it('does not delete a re-created object of the same name', () => {
    const { store, version } = aStore();
    store.upsert(thing('a', 1));
    store.observe(thing('a', 9, { uid: 'other' }));
    store.delete(thing('a', 8));
    expect(version('a')).toBe('9');
  });
});

describe('a write of our own', () => {
  it('shows at once, and is told once', () => {
    const { store, changes, version } = aStore();
    store.upsert(thing('a', 1));
    store.observe(thing('a', 5));
    expect(version('a')).toBe('5');
    store.upsert(thing('a', 5));
    expect(changes).toEqual(['ns/a -→1', 'ns/a 1→5']);
  });

  it('whose answer comes after a newer event changes nothing', () => {
    const { store, version } = aStore();
    store.upsert(thing('a', 7));
    store.observe(thing('a', 6));
    expect(version('a')).toBe('7');
  });

  it('whose answer comes after the deletion does not bring it back', () => {
    const { store } = aStore();
    store.upsert(thing('a', 1));
    store.delete(thing('a', 7));
    store.observe(thing('a', 6));
    expect(store.size).toBe(0);
  });

  it('that the watch has passed by a bookmark is nothing new', () => {
    const { store } = aStore();
    store.progress('20');
    store.observe(thing('a', 15));
    expect(store.size).toBe(0);
  });

  it('that deletes shows at once, and late events of that object do not bring it back', () => {
    const { store, changes } = aStore();
    store.upsert(thing('a', 1));
    store.observeDeleted(thing('a', 1));
    store.upsert(thing('a', 2));
    store.delete(thing('a', 3));
    expect(changes).toEqual(['ns/a -→1', 'ns/a 1→-']);
    store.upsert(thing('a', 4, { uid: 'other' }));
    expect(store.size).toBe(1);
  });

  it('that deletes leaves another object of the same name alone', () => {
    const { store } = aStore();
    store.upsert(thing('a', 5, { uid: 'other' }));
    store.observeDeleted(thing('a', 1));
    expect(store.size).toBe(1);
  });
});

describe('a whole list', () => {
  it('tells only the differences, deletions among them', () => {
    const { store, changes } = aStore();
    for (const [n, name] of ['same', 'changed', 'gone'].entries()) store.upsert(thing(name, n + 1));
    changes.length = 0;
    store.replace([thing('same', 1), thing('changed', 8), thing('new', 9)], '10');
    expect(changes.toSorted()).toEqual(['ns/changed 2→8', 'ns/gone 3→-', 'ns/new -→9']);
  });

  it('does not delete, or take back, what we wrote after it was read', () => {
    const { store, version } = aStore();
    store.upsert(thing('a', 1));
    store.observe(thing('mine', 12));
    store.observe(thing('a', 13));
    store.replace([thing('a', 1)], '10');
    expect(version('mine')).toBe('12');
    expect(version('a')).toBe('13');
  });

  it('counts as shown: an older answer brings nothing back', () => {
    const { store } = aStore();
    store.replace([], '10');
    store.observe(thing('gone', 9));
    expect(store.size).toBe(0);
  });

  it('of a cluster restored from a backup counts, though it is older', () => {
    const { store, version } = aStore();
    store.upsert(thing('a', 100));
    store.upsert(thing('later', 101));
    store.replace([thing('a', 50)], '60');
    expect(version('a')).toBe('50');
    expect(version('later')).toBeUndefined();
    store.upsert(thing('a', 61));
    expect(version('a')).toBe('61');
    store.observe(thing('mine', 62));
    expect(version('mine')).toBe('62');
  });
});

describe('an index', () => {
  it('follows every change', () => {
    const { store } = aStore({ indexes: { color: ({ color }) => (color ? [color] : []) } });
    const names = (color: string) => store.byIndex('color', color).map((t) => t.metadata.name);
    store.upsert(thing('a', 1, { color: 'red' }));
    store.upsert(thing('b', 2, { color: 'red' }));
    expect(names('red')).toEqual(['a', 'b']);
    store.upsert(thing('a', 3, { color: 'blue' }));
    store.delete(thing('b', 4));
    expect(names('red')).toEqual([]);
    expect(names('blue')).toEqual(['a']);
  });

  it('is current when listeners are told', () => {
    const { store } = aStore({ indexes: { color: ({ color }) => (color ? [color] : []) } });
    const seen: number[] = [];
    store.onChange(() => seen.push(store.byIndex('color', 'red').length));
    store.upsert(thing('a', 1, { color: 'red' }));
    store.delete(thing('a', 2));
    expect(seen).toEqual([1, 0]);
  });

  it('that was not declared is a bug', () => {
    expect(() => aStore().store.byIndex('color', 'red')).toThrow(TypeError);
  });
});

it('drops managedFields unless told otherwise', () => {
  const { store } = aStore();
  const object = thing('a', 1);
  object.metadata.managedFields = [{}];
  store.upsert(object);
  expect(store.get('ns/a')?.metadata).not.toHaveProperty('managedFields');
  expect(object.metadata).toHaveProperty('managedFields');
  const own = aStore({ project: ({ metadata }) => ({ metadata }) });
  own.store.observe(thing('a', 1, { color: 'red' }));
  expect(own.store.get('ns/a')).not.toHaveProperty('color');
});

it('tells a listener no more once it is ended', () => {
  const store = new Store<Thing>();
  let told = 0;
  const end = store.onChange(() => told++);
  store.upsert(thing('a', 1));
  end();
  store.upsert(thing('a', 2));
  expect(told).toBe(1);
});
