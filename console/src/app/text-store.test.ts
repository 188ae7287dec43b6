import { describe, expect, it } from 'vitest';
import { safeStore, type TextStore } from './text-store.ts';

const fail = () => {
  throw new DOMException('denied', 'SecurityError');
};

function inMemory(texts = new Map<string, string>()): TextStore {
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
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
    ['denies each call', () => ({ getItem: fail, setItem: fail, removeItem: fail })],
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

  it('forgets what is removed where the browser denies its store', () => {
    const store = safeStore(fail);
    store.setItem('k', 'a');
    store.removeItem('k');
    expect(store.getItem('k')).toBeNull();
  });
});
