import { existsSync } from 'node:fs';
import type { BrowserServer } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { startHttpServer } from '../server/src/testing/http-server.ts';
import { reportSkipped } from './dynamodb.ts';
import { BROWSER_START_MS } from './launch-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL that responds with the endpoint of the browser; undefined where this machine has no Chromium. For `launchBrowser`. */
    chromium: string | undefined;
  }
}

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'];

/** It runs as root, and without the work in the background that browsers do for people. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** One Chromium for all tests of a run. The first test that needs it starts it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = PATHS.find(existsSync);
  project.provide('chromium', undefined);
  if (executablePath === undefined) {
    reportSkipped('in a browser', `there is no Chromium at ${PATHS.join(', ')}`);
    return undefined;
  }
  let launched: Promise<BrowserServer> | undefined;
  const server = await startHttpServer((_, response) => {
    launched ??= launch(executablePath);
    launched.then(
      (browser) => response.end(browser.wsEndpoint()),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide('chromium', server.url);
  return async () => {
    await (await launched?.catch(() => undefined))?.close();
    await server.close();
  };
}

async function launch(executablePath: string): Promise<BrowserServer> {
  const { chromium } = await import('playwright-core');
  return chromium.launchServer({ executablePath, args: FLAGS, timeout: BROWSER_START_MS });
}
