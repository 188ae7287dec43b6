import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules(); // as by a reload
  vi.stubGlobal('navigator', { languages: ['de-AT', 'en'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('begins with the language that was chosen before a reload, else with the one that the browser prefers', async () => {
  const items = new Map<string, string>();
  const localStorage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
  };
  vi.stubGlobal('window', { localStorage });
  const first = await import('./locale.ts');
  expect(first.initialLanguage()).toBe('de');
  first.storeLanguage('en');
  vi.resetModules();
  const reloaded = await import('./locale.ts');
  expect(reloaded.initialLanguage()).toBe('en');
});

it('keeps the language until a reload where the browser denies storage', async () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  vi.stubGlobal('window', { localStorage: { getItem: denied, setItem: denied } });
  const { initialLanguage, storeLanguage } = await import('./locale.ts');
  expect(initialLanguage()).toBe('de');
  storeLanguage('en');
  expect(initialLanguage()).toBe('en');
  vi.resetModules();
  const reloaded = await import('./locale.ts');
  expect(reloaded.initialLanguage()).toBe('de');
});
