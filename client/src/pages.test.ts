import { describe, expect, it } from 'vitest';
import { toApiPromise } from './http/api-promise.ts';
import { Pages } from './pages.ts';

interface Page {
  readonly items: readonly number[];
  readonly next_cursor: string | null;
}

function listOf(pages: Readonly<Record<string, Page>>) {
  const spec: (string | undefined)[] = [];
  const list = new Pages<Page, number>(
    (cursor) => {
      spec.push(cursor);
      const data = pages[cursor ?? 'first'];
      if (!data) throw new Error(`there is no page ${cursor}`);
      const around = { status: 200, requestId: 'R', isReplay: false, location: undefined, attempts: 1 };
      return toApiPromise(Promise.resolve({ data, ...around }));
    },
    ({ items }) => items,
  );
  return { list, spec };
}

const THREE = {
  first: { items: [1, 2], next_cursor: 'b' },
  b: { items: [], next_cursor: 'c' },
  c: { items: [3], next_cursor: null },
};

describe('a list', () => {
  it('is its first page when it is awaited, with what stands around it when that is asked for', async () => {
    const { list, spec } = listOf(THREE);
    expect(spec).toEqual([]);
    expect(await list).toBe(THREE.first);
    expect(await list.withResponse()).toMatchObject({ data: THREE.first, status: 200 });
    expect(spec).toEqual([undefined]);
  });

  it('is all items of all pages when it is iterated, an empty page in between too, each page asked for once and when it is needed', async () => {
    const { list, spec } = listOf(THREE);
    const items: number[] = [];
    for await (const item of list) {
      items.push(item);
      if (item === 2) expect(spec).toEqual([undefined]);
    }
    expect(items).toEqual([1, 2, 3]);
    expect(spec).toEqual([undefined, 'b', 'c']);
  });

  it('does not go round in a circle', async () => {
    const { list } = listOf({ first: { items: [1], next_cursor: 'b' }, b: { items: [2], next_cursor: 'b' } });
    const seen: number[] = [];
    const readAll = async () => {
      for await (const item of list) seen.push(item);
    };
    await expect(readAll()).rejects.toThrow('goes round in a circle');
    expect(seen).toEqual([1, 2]);
  });
});
