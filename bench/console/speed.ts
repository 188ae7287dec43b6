import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../../e2e/chromium.ts';
import { median } from '../median.ts';
import { withServer } from '../server.ts';

/* How soon the console can be used on a slow phone: 4 times less processor than here, and the slow 4G of Lighthouse. */

export interface ConsoleSpeed {
  /** Until the first text is drawn. */
  readonly firstPaintMs: number;
  /** Until the field for the address takes input, and no task runs longer than 50 ms. */
  readonly interactiveMs: number;
  /** With HTTP headers, as the server sends it. */
  readonly transferBytes: number;
}

const RUNS = 5;
const CPU_RATE = 4;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 };
const PHONE = { width: 390, height: 844 };

/** @throws Error where there is no Chromium */
export async function measureConsoleSpeed(): Promise<ConsoleSpeed> {
  const path = findChromium();
  if (path === undefined) throw new Error('there is no Chromium');
  const browserServer = await startChromium(path);
  try {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.connect(browserServer.wsEndpoint());
    return await withServer({ STORE: 'sqlite::memory:' }, async ({ url }) => {
      const runs: ConsoleSpeed[] = [];
      for (let run = 0; run < RUNS; run += 1) runs.push(await measureLoad(browser, url));
      const medianOf = (name: keyof ConsoleSpeed) => median(runs.map((each) => each[name]));
      return {
        firstPaintMs: medianOf('firstPaintMs'),
        interactiveMs: medianOf('interactiveMs'),
        transferBytes: medianOf('transferBytes'),
      };
    });
  } finally {
    await browserServer.close();
  }
}

/** Opens the sign-in page in a new context, so that nothing is in the cache. */
async function measureLoad(browser: Browser, url: string): Promise<ConsoleSpeed> {
  const context = await browser.newContext({ viewport: PHONE, locale: 'en-US' });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', SLOW_4G);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE });
  await page.addInitScript(OBSERVE);
  await page.goto(`${url}/app/sign-in`, { waitUntil: 'commit' });
  await page.locator('input[type=email]').waitFor();
  const measured = await readMarks(page);
  await context.close();
  return measured;
}

/** Notes when the field appears and when the last long task ends. */
const OBSERVE = `
  globalThis.marks = { field: undefined, longTaskEnd: 0 };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) marks.longTaskEnd = Math.max(marks.longTaskEnd, task.startTime + task.duration);
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('input[type=email]')) return;
    marks.field = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
`;

async function readMarks(page: Page): Promise<ConsoleSpeed> {
  return page.evaluate(`new Promise((done) => setTimeout(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const loads = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    done({
      firstPaintMs: paint.startTime,
      interactiveMs: Math.max(paint.startTime, marks.field, marks.longTaskEnd),
      transferBytes: loads.reduce((sum, { transferSize }) => sum + transferSize, 0),
    });
  }, 1000))`);
}
