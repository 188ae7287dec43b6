import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { failingStore } from '../testing/app/failing-store.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { instrumented } from './instrumented-store.ts';
import { KEY_PURPOSES, type KeyPurpose } from './key-ring.ts';
import { listKeys, retireKeys, rotateKeys } from './rotate-keys.ts';
import { type Store, StoreSetupError } from './store.ts';
import { loadStoreSecrets } from './store-secrets.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);

describe.each(engines)('keys on $name', ({ open }) => {
  let store: Store;
  let now: number;
  let reads: number;

  beforeEach(async () => {
    const opened = await open();
    onTestFinished(() => opened.close());
    now = NOW;
    reads = 0;
    store = instrumented(opened, (verb) => {
      if (verb === 'get') reads += 1;
    });
  });

  const load = () => loadStoreSecrets(store, () => now);
  const rotate = (purposes: readonly KeyPurpose[] = ['links'], retiresOld = false) =>
    rotateKeys(store, { purposes, retiresOld, now });
  const versions = async (purpose: KeyPurpose) => (await listKeys(store, [purpose], now)).map(({ version }) => version);

  it('begin with one key for each purpose', async () => {
    await load();
    const original = { version: 0, created_at: null, status: 'current', accepted_until: null };
    expect(await listKeys(store, KEY_PURPOSES, now)).toEqual([
      { purpose: 'links', ...original },
      { purpose: 'cursors', ...original },
      { purpose: 'sessions', ...original },
    ]);
  });

  it('do not exist before the first start', async () => {
    await expect(rotate()).rejects.toThrow(StoreSetupError);
    await expect(listKeys(store, ['links'], now)).rejects.toThrow('The store has no keys yet');
  });

  it('rotate for one purpose only, and leave the keys of ids as they are', async () => {
    const before = await load();
    expect(await rotate()).toEqual([
      { purpose: 'links', version: 0, created_at: null, status: 'accepted', accepted_until: null },
      { purpose: 'links', version: 1, created_at: '2026-03-01T00:00:00.000Z', status: 'current', accepted_until: null },
    ]);
    const after = await load();
    expect(after.keyRing('links').current).toMatchObject({ version: 1 });
    expect(after.keyRing('links').current.key).not.toEqual(before.keyRing('links').current.key);
    expect(after.keyRing('cursors').current).toEqual(before.keyRing('cursors').current);
    expect(after.deriveKey('lender ids')).toEqual(before.deriveKey('lender ids'));
    expect(await after.keyRing('links').find(0)).toEqual(before.keyRing('links').current.key);
  });

  it('are random: who knows the secret of an earlier backup can’t derive them', async () => {
    const secrets = await load();
    await rotate();
    const { key } = (await load()).keyRing('links').current;
    for (const purpose of ['mail links', 'links', 'links 1', 'links#1']) expect(secrets.deriveKey(purpose)).not.toEqual(key);
    expect(JSON.stringify(await listKeys(store, KEY_PURPOSES, now))).not.toContain(key.toString('base64url'));
  });

  it('are accepted after a rotation: those of links until they are retired, those of cursors for 30 days', async () => {
    await load();
    await rotate(['links', 'cursors']);
    now += 30 * DAY_MS - 1;
    const secrets = await load();
    expect(await secrets.keyRing('cursors').find(0)).toBeDefined();
    now += 1;
    expect(await secrets.keyRing('cursors').find(0)).toBeUndefined();
    expect(await secrets.keyRing('cursors').find(1)).toBeDefined();
    expect(await secrets.keyRing('links').find(0)).toBeDefined();
    expect([await versions('cursors'), await versions('links')]).toEqual([[1], [0, 1]]);
    await rotate(['cursors']);
    await rotate(['cursors']);
    expect(await listKeys(store, ['cursors'], now)).toMatchObject([
      { version: 1, accepted_until: '2026-04-30T00:00:00.000Z' },
      { version: 2, accepted_until: '2026-04-30T00:00:00.000Z' },
      { version: 3, accepted_until: null },
    ]);
  });

  it('retire: all before a version, or all but the current one', async () => {
    await load();
    for (let count = 0; count < 4; count += 1) await rotate();
    expect((await retireKeys(store, { purposes: ['links'], before: 2, now })).map(({ version }) => version)).toEqual([2, 3, 4]);
    expect((await retireKeys(store, { purposes: ['links'], before: 9, now })).map(({ version }) => version)).toEqual([4]);
    expect((await rotate(['links'], true)).map(({ version }) => version)).toEqual([5]);
    const ring = (await load()).keyRing('links');
    expect([await ring.find(0), await ring.find(4), await ring.find(5)]).toEqual([undefined, undefined, ring.current.key]);
  });

  it('have a limit, which says what to do', async () => {
    await load();
    for (let count = 1; count < 20; count += 1) await rotate();
    await expect(rotate()).rejects.toThrow('Retire old ones: lending keys retire --purpose links --before 19');
    expect(await versions('links')).toHaveLength(20);
  });

  it('are all created where several operators rotate at once', async () => {
    await load();
    await Promise.all([rotate(), rotate(), rotate(['cursors'])]);
    expect([await versions('links'), await versions('cursors')]).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
  });

  describe('of a running program', () => {
    it('are found as soon as a newer version comes, with one read for all', async () => {
      const ring = (await load()).keyRing('links');
      await rotate();
      reads = 0;
      const found = await Promise.all([ring.find(1), ring.find(1), ring.find(1)]);
      expect(found).toEqual(found.map(() => ring.current.key));
      expect([ring.current.version, reads]).toEqual([1, 1]);
    });

    it('are not looked up more than once a second for versions that do not exist', async () => {
      const ring = (await load()).keyRing('links');
      reads = 0;
      for (let count = 0; count < 10; count += 1) expect(await ring.find(1)).toBeUndefined();
      expect(reads).toBe(1);
      now += 1000;
      for (const version of [1, 2, 3]) expect(await ring.find(version)).toBeUndefined();
      expect(reads).toBe(2);
      now += 1000;
      for (const version of [-1, 17, 65_535]) expect(await ring.find(version)).toBeUndefined();
      expect(reads).toBe(2);
    });

    it('are read again every 30 seconds, so that retired ones end', async () => {
      const secrets = await load();
      await rotate(['links'], true);
      reads = 0;
      now += 29_999;
      await secrets.refresh();
      expect([secrets.keyRing('links').current.version, reads]).toEqual([0, 0]);
      now += 1;
      await Promise.all([secrets.refresh(), secrets.refresh()]);
      expect([secrets.keyRing('links').current.version, reads]).toEqual([1, 1]);
      expect(await secrets.keyRing('links').find(0)).toBeUndefined();
    });
  });
});

describe('keys while the database is unavailable', () => {
  it('are kept as they are', async () => {
    const { store, fail } = failingStore();
    onTestFinished(() => store.close());
    let now = NOW;
    const secrets = await loadStoreSecrets(store, () => now);
    const { key } = secrets.keyRing('links').current;
    fail('unavailable');
    now += 60_000;
    await expect(secrets.refresh()).resolves.toBeUndefined();
    expect(await secrets.keyRing('links').find(0)).toEqual(key);
    await expect(secrets.keyRing('links').find(1)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
