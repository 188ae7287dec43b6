import { describe, expect, it } from 'vitest';
import { rememberedToken, takeToken, tokenIn } from './link-token.ts';

const TOKEN = 'A-_9'.repeat(22);

function tabAt(url: string, texts = new Map<string, string>()) {
  const addresses: unknown[] = [];
  const { hash, search, pathname } = new URL(url, 'https://lending.example.org');
  const store = {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
  const history = { state: { a: 1 }, replaceState: (...parameters: unknown[]) => void addresses.push(parameters) };
  return { location: { hash, search, pathname }, history, store, texts, addresses };
}

describe('tokenIn', () => {
  it.each([`/invite/L#${TOKEN}`, `/mail/opt-out#${TOKEN}`, `/mail/opt-out?token=${TOKEN}`])('finds the token of %s', (url) => {
    expect(tokenIn(new URL(url, 'https://lending.example.org'))).toBe(TOKEN);
  });

  it.each([
    '/invite/L',
    '/invite/L#',
    '/invite/L#main',
    '/invite/L#a b c d e',
    `/invite/L#${'a'.repeat(201)}`,
    '/mail/opt-out?token=',
  ])('finds no token in %s', (url) => {
    expect(tokenIn(new URL(url, 'https://lending.example.org'))).toBeUndefined();
  });
});

describe('takeToken', () => {
  it('takes the token out of the address and its history, and remembers it in the tab', () => {
    const tab = tabAt(`/invite/L#${TOKEN}`);
    expect(takeToken('L', tab)).toBe(TOKEN);
    expect(tab.addresses).toEqual([[{ a: 1 }, '', '/invite/L']]);
    expect(takeToken('L', tabAt('/invite/L', tab.texts))).toBe(TOKEN);
    expect(rememberedToken('L', tab.store)).toBe(TOKEN);
  });

  it('takes the token of one-click unsubscription out of the query', () => {
    const tab = tabAt(`/mail/opt-out?token=${TOKEN}`);
    expect(takeToken('opt-out', tab)).toBe(TOKEN);
    expect(tab.addresses).toEqual([[{ a: 1 }, '', '/mail/opt-out']]);
  });

  it('does not give the token of one loan to another', () => {
    const tab = tabAt(`/invite/L#${TOKEN}`);
    takeToken('L', tab);
    expect(takeToken('M', tabAt('/invite/M', tab.texts))).toBeUndefined();
  });

  it('replaces an older token of the same loan', () => {
    const tab = tabAt(`/invite/L#${TOKEN}`, new Map([['mail-link:L', 'older']]));
    expect(takeToken('L', tab)).toBe(TOKEN);
    expect(rememberedToken('L', tab.store)).toBe(TOKEN);
  });
});
