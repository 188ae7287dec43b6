import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { reportSkipped } from './dynamodb.ts';

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
  if (chromium === undefined) reportSkipped('in a browser', `there is no Chromium at ${PLACES.join(', ')}`);
}
