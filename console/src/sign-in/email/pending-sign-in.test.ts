import { beforeEach, describe, expect, it } from 'vitest';
import type { TextStore } from '../../app/text-store.ts';
import { type PendingSignIn, PendingSignInStore } from './pending-sign-in.ts';

const NOW = 1_800_000_000_000;
const PENDING: PendingSignIn = {
  email: 'ana@example.com',
  name: '',
  challenge: 'C',
  sentAt: NOW,
  expiresAt: NOW + 600_000,
  triesLeft: 5,
  returnTo: '/app/invitations/1',
};

let texts: Map<string, string>;
let browser: TextStore;

beforeEach(() => {
  texts = new Map();
  browser = {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  };
});

describe('PendingSignInStore', () => {
  it('finds in another tab what this one has written, until the code has expired', () => {
    new PendingSignInStore(browser, 'k').write(PENDING);
    const otherTab = new PendingSignInStore(browser, 'k');
    expect(otherTab.read(PENDING.expiresAt - 1)).toEqual(PENDING);
    expect(otherTab.read(PENDING.expiresAt)).toBeUndefined();
    expect(texts.size).toBe(0);
  });

  it('finds nothing after it was cleared, here or in another tab', () => {
    const store = new PendingSignInStore(browser, 'k');
    for (const tab of [store, new PendingSignInStore(browser, 'k')]) {
      store.write(PENDING);
      tab.clear();
      expect(store.read(NOW)).toBeUndefined();
    }
  });

  it.each([
    '',
    'null',
    '7',
    '{',
    '[]',
    JSON.stringify({ ...PENDING, challenge: undefined }),
    JSON.stringify({ ...PENDING, triesLeft: '5' }),
  ])('ignores %j', (text) => {
    texts.set('k', text);
    expect(new PendingSignInStore(browser, 'k').read(NOW)).toBeUndefined();
  });

  it('never returns to another site', () => {
    texts.set('k', JSON.stringify({ ...PENDING, returnTo: '//evil.example' }));
    expect(new PendingSignInStore(browser, 'k').read(NOW)?.returnTo).toBe('/');
  });

  it('counts a wrong code only for the sign-in that still waits', () => {
    const store = new PendingSignInStore(browser, 'k');
    store.write(PENDING);
    expect(store.setTriesLeft('C', 4)).toEqual({ ...PENDING, triesLeft: 4 });
    expect(store.read(NOW)?.triesLeft).toBe(4);
    const newer = { ...PENDING, challenge: 'D' };
    store.write(newer); // while the code of C was checked
    expect([store.setTriesLeft('C', 3), store.read(NOW)]).toEqual([newer, newer]);
    store.clear();
    expect([store.setTriesLeft('D', 4), store.read(NOW)]).toEqual([undefined, undefined]);
  });
});
