import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { nothingMayBeSkipped } from './dynamodb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a Chromium stands; undefined where this machine has none. */
    chromium: string | undefined;
  }
}

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'];

/** Looks for the browser that pages are tried in. */
export function setup(project: TestProject): void {
  const chromium = PLACES.find(existsSync);
  project.provide('chromium', chromium);
  if (chromium !== undefined) return;
  const reason = `there is no Chromium at ${PLACES.join(', ')}`;
  if (nothingMayBeSkipped()) throw new Error(`The tests in a browser must run under CI=true, and can't: ${reason}.`);
  process.stderr.write(`\n  SKIPPED: every test in a browser, because ${reason}.\n\n`);
}
