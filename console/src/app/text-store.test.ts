import { describe, expect, it } from 'vitest';
import { safeStore } from './text-store.ts';

const fail = () => {
  throw new DOMException('denied', 'SecurityError');
};

function inMemory(texts = new Map<string, string>()) {
  return {
    key: (index: number) => [...texts.keys()][index] ?? null,
    get length() {
      return texts.size;
    },
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
}

describe('safeStore', () => {
  it('keeps texts where the browser does', () => {
    const texts = new Map<string, string>();
    const store = safeStore(() => inMemory(texts));
    store.setItem('k', 'a');
    expect([store.getItem('k'), texts.get('k')]).toEqual(['a', 'a']);
    texts.clear(); // as by another tab
    expect(store.getItem('k')).toBeNull();
    store.setItem('k', 'b');
    store.removeItem('k');
    expect([store.getItem('k'), texts.size]).toEqual([null, 0]);
  });

  it.each([
    ['denies its store', fail],
    ['denies each call', () => ({ length: 1, key: fail, getItem: fail, setItem: fail, removeItem: fail })],
    ['has no room', () => ({ ...inMemory(new Map([['k', 'older']])), setItem: fail })],
  ])('remembers texts until a reload where the browser %s', (_, open) => {
    const store = safeStore(open);
    expect(store.getItem('other')).toBeNull();
    store.setItem('k', 'a');
    expect(store.getItem('k')).toBe('a');
    store.removeItem('other');
    store.setItem('k', 'b');
    expect(store.getItem('k')).toBe('b');
  });

  it('remembers a very long text until a reload, in place of the older one that the browser has', () => {
    const texts = new Map([['k', 'older']]);
    const store = safeStore(() => inMemory(texts));
    const long = 'x'.repeat(1_000_001);
    store.setItem('k', long);
    expect([store.getItem('k'), texts.size]).toEqual([long, 0]);
    store.setItem('k', 'short');
    expect([store.getItem('k'), texts.get('k')]).toEqual(['short', 'short']);
  });

  it('removes all texts under a prefix, also those that are only remembered', () => {
    const texts = new Map([
      ['draft.a', '1'],
      ['draft.b', '2'],
      ['other', '3'],
    ]);
    const store = safeStore(() => inMemory(texts));
    store.setItem('draft.long', 'x'.repeat(1_000_001));
    store.removeAll('draft.');
    expect([[...texts.keys()], store.getItem('draft.long')]).toEqual([['other'], null]);
    const denied = safeStore(fail);
    for (const key of ['draft.a', 'other']) denied.setItem(key, '1');
    denied.removeAll('draft.');
    expect([denied.getItem('draft.a'), denied.getItem('other')]).toEqual([null, '1']);
  });

  it('forgets what is removed where the browser denies its store', () => {
    const store = safeStore(fail);
    store.setItem('k', 'a');
    store.removeItem('k');
    expect(store.getItem('k')).toBeNull();
  });
});
