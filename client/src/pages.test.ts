import { describe, expect, it } from 'vitest';
import { toApiPromise } from './http/api-promise.ts';
import { Pages } from './pages.ts';

interface Page {
  readonly items: readonly number[];
  readonly next_cursor: string | null;
}

function createList(pages: Readonly<Record<string, Page>>, after?: string) {
  const cursors: (string | undefined)[] = [];
  const list = new Pages<Page, number>(
    (cursor) => {
      cursors.push(cursor);
      const data = pages[cursor ?? 'first'];
      if (!data) throw new Error(`no page ${cursor}`);
      const metadata = { status: 200, headers: new Headers(), requestId: 'R', isReplay: false, location: undefined, attempts: 1 };
      return toApiPromise(Promise.resolve({ data, ...metadata }));
    },
    ({ items }) => items,
    after,
  );
  return { list, cursors };
}

const THREE = {
  first: { items: [1, 2], next_cursor: 'b' },
  b: { items: [], next_cursor: 'c' },
  c: { items: [3], next_cursor: null },
};

describe('Pages', () => {
  it('resolves to the first page, with the response metadata on request', async () => {
    const { list, cursors } = createList(THREE);
    expect(cursors).toEqual([]);
    expect(await list).toBe(THREE.first);
    expect(await list.withResponse()).toMatchObject({ data: THREE.first, status: 200 });
    expect(cursors).toEqual([undefined]);
  });

  it('yields the items of all pages, past an empty one, and fetches each page once and lazily', async () => {
    const { list, cursors } = createList(THREE);
    const items: number[] = [];
    for await (const item of list) {
      items.push(item);
      if (item === 2) expect(cursors).toEqual([undefined]);
    }
    expect(items).toEqual([1, 2, 3]);
    expect(cursors).toEqual([undefined, 'b', 'c']);
  });

  it('ends at an empty page that repeats its cursor, past an empty page with another cursor', async () => {
    const pages = { ...THREE, c: { items: [3], next_cursor: 'd' }, d: { items: [], next_cursor: 'd' } };
    const { list, cursors } = createList(pages);
    const items: number[] = [];
    for await (const item of list) items.push(item);
    expect(items).toEqual([1, 2, 3]);
    expect(cursors).toEqual([undefined, 'b', 'c', 'd']);
    const atEnd = createList(pages, 'd');
    for await (const page of atEnd.list.pages()) expect(page).toBe(pages.d);
    expect(atEnd.cursors).toEqual(['d']);
  });

  it('rejects a page whose next cursor is its own', async () => {
    const { list } = createList({ first: { items: [1], next_cursor: 'b' }, b: { items: [2], next_cursor: 'b' } });
    const seen: number[] = [];
    const readAll = async () => {
      for await (const item of list) seen.push(item);
    };
    await expect(readAll()).rejects.toThrow('Endless pagination');
    expect(seen).toEqual([1, 2]);
  });

  it.each([
    [1, [1], [undefined]],
    [2, [1, 2], [undefined]],
    [3, [1, 2, 3], [undefined, 'b', 'c']],
    [100, [1, 2, 3], [undefined, 'b', 'c']],
  ])('toArray stops at a limit of %i, and fetches no page beyond it', async (limit, items, pages) => {
    const { list, cursors } = createList(THREE);
    expect(await list.toArray({ limit })).toEqual(items);
    expect(cursors).toEqual(pages);
  });

  it.each([0, -1, 1.5, Number.POSITIVE_INFINITY])('toArray rejects the limit %d', async (limit) => {
    const { list, cursors } = createList(THREE);
    await expect(list.toArray({ limit })).rejects.toThrow(`limit must be a whole number above 0, not ${limit}.`);
    expect(cursors).toEqual([]);
  });

  it('leaves no rejection unhandled when its iterator is abandoned', async () => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', record);
    const { list } = createList({ first: { items: [1], next_cursor: 'missing' } });
    const iterator = list[Symbol.asyncIterator]();
    await iterator.next();
    for await (const _ of list.pages()) break;
    await expect(list.toArray({ limit: 2 })).rejects.toThrow('no page missing');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', record);
    expect(unhandled).toEqual([]);
  });
});
