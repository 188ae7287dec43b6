import type { BrowserServer } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { startHttpServer } from '../server/src/testing/http-server.ts';
import { CHROMIUM_PATHS, findChromium, startChromium } from './chromium.ts';
import { reportSkipped } from './dynamodb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL that responds with the endpoint of the browser; undefined where this machine has no Chromium. For `launchBrowser`. */
    chromium: string | undefined;
  }
}

/** One Chromium for all tests of a run. The first test that needs it starts it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium();
  project.provide('chromium', undefined);
  if (executablePath === undefined) {
    reportSkipped('in a browser', `there is no Chromium at ${CHROMIUM_PATHS.join(', ')}`);
    return undefined;
  }
  let launched: Promise<BrowserServer> | undefined;
  const server = await startHttpServer((_, response) => {
    launched ??= startChromium(executablePath);
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
