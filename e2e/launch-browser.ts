import { type Browser, chromium } from 'playwright-core';

/** It runs as root, and without the work in the background that browsers do for people. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** The first start of a browser on a machine reads some 300 MB from disk, while other tests run. For hooks that start one. */
export const BROWSER_START_MS = 120_000;

export function launchBrowser(executablePath: string | undefined): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args: FLAGS, timeout: BROWSER_START_MS });
}
