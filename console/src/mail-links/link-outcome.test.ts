import { describe, expect, it } from 'vitest';
import { LinkOutcome } from './link-outcome.ts';

const texts = new Map<string, string>();
const store = {
  getItem: (key: string) => texts.get(key) ?? null,
  setItem: (key: string, text: string) => void texts.set(key, text),
  removeItem: (key: string) => void texts.delete(key),
};

describe('LinkOutcome', () => {
  it('is remembered for the mail, the loan and the action until it is undone', () => {
    new LinkOutcome(store, 'L', 'decline').set('T');
    const afterReload = new LinkOutcome(store, 'L', 'decline');
    expect(afterReload.isDone('T')).toBe(true);
    expect(afterReload.isDone('of a newer mail')).toBe(false);
    expect(new LinkOutcome(store, 'M', 'decline').isDone('T')).toBe(false);
    expect(new LinkOutcome(store, 'L', 'opt-out').isDone('T')).toBe(false);
    afterReload.clear();
    expect(afterReload.isDone('T')).toBe(false);
  });
});
