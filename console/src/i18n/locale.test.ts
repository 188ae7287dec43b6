import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { formatsOf, initialLanguage, storeLanguage } from './locale.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['de-AT', 'en'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('begins with the language that was chosen before, else with the one that the browser prefers', () => {
  const items = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
  });
  expect(initialLanguage()).toBe('de');
  storeLanguage('en');
  expect(initialLanguage()).toBe('en');
});

it('begins with the language of the browser where the browser denies storage', () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: denied, setItem: denied });
  storeLanguage('en');
  expect(initialLanguage()).toBe('de');
});

it('keeps an amount and its currency on one line', () => {
  expect(formatsOf('en').money(5000, 'USD')).toBe('5,000.00\u00a0USD');
});
