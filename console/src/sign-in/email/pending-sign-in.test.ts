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

const ANA = { ...PENDING, challenge: 'challenge-of-ana' };
const BEN = { ...PENDING, email: 'ben@example.com', challenge: 'of-ben--challenge' };

/** Of the mail with the code. */
const linkOf = ({ challenge }: PendingSignIn) => ({ code: '12345678', challengeStart: challenge.slice(0, 8) });

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
    expect(texts.has('k')).toBe(false);
  });

  it('finds nothing after it was cleared, here or in another tab', () => {
    const store = new PendingSignInStore(browser, 'k');
    for (const tab of [store, new PendingSignInStore(browser, 'k')]) {
      store.write(PENDING);
      tab.clear();
      expect([store.read(NOW), texts.size]).toEqual([undefined, 0]);
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

  it('still finds a code that was left for another address, by its address and by its link', () => {
    const store = new PendingSignInStore(browser, 'k');
    store.write(ANA);
    store.leave(NOW);
    expect([store.read(NOW), store.findByAddress(' Ana@Example.com', NOW)]).toEqual([undefined, ANA]);
    store.write(BEN);
    expect([store.read(NOW), store.findByAddress(ANA.email, NOW)]).toEqual([BEN, ANA]);
    expect([ANA, BEN].map((sent) => store.findByLink(linkOf(sent)))).toEqual([ANA, BEN]);
    expect(store.findByLink({ code: '12345678', challengeStart: 'elsewher' })).toBeUndefined();
    store.setTriesLeft(ANA.challenge, 4);
    expect([store.read(NOW), store.findByLink(linkOf(ANA))?.triesLeft]).toEqual([BEN, 4]);
    store.setTriesLeft(ANA.challenge, 0);
    expect(store.findByAddress(ANA.email, NOW)).toBeUndefined();
  });

  it('finds only the newest code of an address', () => {
    const store = new PendingSignInStore(browser, 'k');
    const newer = { ...ANA, challenge: 'newer-challenge' };
    for (const sent of [ANA, BEN, newer]) store.write(sent);
    store.leave(NOW);
    expect(store.findByAddress(ANA.email, NOW)).toEqual(newer);
    expect(store.findByLink(linkOf(ANA))).toBeUndefined();
  });

  it('knows the link of an expired code for an hour, and not that the code can be used', () => {
    const store = new PendingSignInStore(browser, 'k');
    store.write(ANA);
    store.read(ANA.expiresAt);
    expect(store.findByLink(linkOf(ANA))).toEqual(ANA);
    expect(store.findByAddress(ANA.email, ANA.expiresAt)).toBeUndefined();
    store.leave(ANA.expiresAt + 3_600_000);
    expect(texts.size).toBe(0);
  });

  it('remembers the newest five addresses before the one that waits', () => {
    const store = new PendingSignInStore(browser, 'k');
    const sent = [1, 2, 3, 4, 5, 6, 7].map((each) => ({
      ...PENDING,
      email: `${each}@example.com`,
      challenge: `challenge-${each}`,
    }));
    for (const each of sent) store.write(each);
    expect(sent.map(({ email }) => store.findByAddress(email, NOW)?.email)).toEqual([
      undefined,
      ...sent.slice(1).map(({ email }) => email),
    ]);
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
