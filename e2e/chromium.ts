import { existsSync } from 'node:fs';
import type { BrowserServer } from 'playwright-core';
import { BROWSER_START_MS } from './launch-browser.ts';

export const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];

/**
 * Of two `--disable-features`, Chromium takes the last: the first line is what playwright-core disables. The second takes from
 * each window the two pages that wait behind its address bar: they cost more CPU time than a page of the console.
 */
const DISABLED_FEATURES = [
  ...['DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay', 'MediaRouter', 'OptimizationHints', 'PaintHolding'],
  ...['WebUIOmniboxAimPopup', 'WebUIOmniboxPopup'],
];

/** It runs as root, and without the work in the background that browsers do for people. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  `--disable-features=${DISABLED_FEATURES.join(',')}`,
];

/** @returns the path of this machine's Chromium, undefined where there is none */
export function findChromium(): string | undefined {
  return CHROMIUM_PATHS.find(existsSync);
}

/** @param executablePath of `findChromium` */
export async function startChromium(executablePath: string): Promise<BrowserServer> {
  const { chromium } = await import('playwright-core');
  return chromium.launchServer({ executablePath, args: FLAGS, timeout: BROWSER_START_MS });
}
