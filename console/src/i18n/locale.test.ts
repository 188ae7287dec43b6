import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { browserStore } from '../app/text-store.ts';
import { formatsOf, initialLanguage, storeLanguage } from './locale.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['de-AT', 'en'] });
});
afterEach(() => {
  browserStore.removeAll('');
  vi.unstubAllGlobals();
});

it('begins with the language that was chosen before, else with the one that the browser prefers', () => {
  const items = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
  };
  vi.stubGlobal('window', { localStorage });
  expect(initialLanguage()).toBe('de');
  storeLanguage('en');
  expect([initialLanguage(), [...items.values()]]).toEqual(['en', ['en']]);
});

it('keeps the chosen language until a reload where the browser denies storage', () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  vi.stubGlobal('window', { localStorage: { getItem: denied, setItem: denied } });
  expect(initialLanguage()).toBe('de');
  storeLanguage('en');
  expect(initialLanguage()).toBe('en');
});

it('keeps an amount and its currency on one line', () => {
  expect(formatsOf('en').money(5000, 'USD')).toBe('5,000.00\u00a0USD');
});
