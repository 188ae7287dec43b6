import type { Browser } from 'playwright-core';

/** The first start of a browser on a machine reads some 300 MB from disk, while other tests run. For hooks that call `launchBrowser`. */
export const BROWSER_START_MS = 120_000;

/**
 * The browser of the run, in a connection that no other test file shares: pages and contexts of others are not visible, and
 * `close` closes only those of this file.
 * @param at what `inject` returns for `chromium`
 */
export async function launchBrowser(at: string | undefined): Promise<Browser> {
  const response = await fetch(at ?? '');
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const { chromium } = await import('playwright-core'); // set-up imports this file in every run of this project
  return chromium.connect(text);
}
