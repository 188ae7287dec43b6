import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { BROWSER_START_MS, launchBrowser } from './launch-browser.ts';

/* The page at /docs in a real browser: accessibility by axe, a phone's width, the keyboard, and print. */

const chromium = inject('chromium');
const PHONE = { width: 320, height: 640 };
/** axe on a busy machine. */
const SLOW_MS = 120_000;
const WIDE = { width: 1280, height: 900 };
/** Rules whose result depends on the colour scheme or the width. The others see the same document. */
const RULES_OF_APPEARANCE = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** Of the descriptions of calls, leaves those with an element that none before has: axe takes 20 s for all of them. */
const KEEP_ONE_OF_EACH_SHAPE = `(() => {
  const seen = new Set();
  for (const article of document.querySelectorAll('article.call')) {
    const shapes = [...article.querySelectorAll('*')].map(({ tagName, className }) => tagName + ' ' + className);
    if (shapes.every((shape) => seen.has(shape))) article.remove();
    for (const shape of shapes) seen.add(shape);
  }
  return document.querySelectorAll('article.call').length;
})()`;

/** The part of an axe result that a failure shows. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

describe.skipIf(chromium === undefined)('accessibility of /docs', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let page: Page; // one for all tests: each new one takes two processes of the browser
  let axe: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ REQUESTS_PER_SECOND: '0' });
    browser = await launchBrowser(chromium);
    page = await browser.newPage({ baseURL: server.url, viewport: WIDE, colorScheme: 'light', reducedMotion: 'reduce' });
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  /* The first tests share one load, in their order: loading takes longer than checking. */
  describe('as it is loaded first', () => {
    const messages: string[] = [];

    beforeAll(async () => {
      page.on('console', (message) => void messages.push(message.text()));
      await page.goto('/docs');
    });

    async function violations(options: object): Promise<unknown[]> {
      const run = `axe.run(${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => violations)`;
      const found: Violation[] = await page.evaluate(run);
      return found.map(({ id, nodes }) => [id, nodes.length, nodes[0]?.html, nodes[0]?.failureSummary]);
    }

    it('has an icon, which the browser may load', async () => {
      expect(await page.evaluate('document.querySelector("link[rel=icon]").href')).toBe(`${server.url}/favicon.svg`);
      const load = `(async () => {
        const image = new Image();
        image.src = document.querySelector("link[rel=icon]").href;
        await image.decode();
        return image.width;
      })()`;
      expect(await page.evaluate(load)).toBeGreaterThan(0);
      expect(messages).toEqual([]);
    });

    it('shows where the focus is, and reaches each control by keyboard', async () => {
      const controls = 'a[href], button:not([disabled]), summary, pre[tabindex="0"]';
      const count = await page.locator(controls).filter({ visible: true }).count();
      for (let n = 0; n < Math.min(count, 12); n += 1) {
        await page.keyboard.press('Tab');
        const focused = page.locator(`:is(${controls}):focus`);
        expect(await focused.count()).toBe(1);
        expect(await focused.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      }
    });

    it('fits a width of 320 pixels, folded and unfolded', async () => {
      await page.setViewportSize(PHONE);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      await page.setViewportSize(WIDE);
    });

    it(
      'has no violation that axe finds in light mode on a wide screen',
      async () => {
        expect(await page.evaluate(KEEP_ONE_OF_EACH_SHAPE)).toBeGreaterThan(3);
        await page.evaluate(axe);
        expect(await violations({})).toEqual([]);
      },
      SLOW_MS,
    );

    it(
      'has no violation in dark mode on a phone, of the rules that depend on colours and sizes',
      async () => {
        await page.setViewportSize(PHONE);
        const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
        const light = await ground();
        await page.emulateMedia({ colorScheme: 'dark' });
        // The colours change some time after the theme, and transitions, which take no time here, with the frame after that.
        await expect.poll(ground).not.toBe(light);
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
        expect(await violations({ runOnly: RULES_OF_APPEARANCE })).toEqual([]);
      },
      SLOW_MS,
    );
  });

  it('leads to the content by its first link, and to each section by its fragment', async () => {
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('/docs');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
    await page.goto('/docs#call-addLenders');
    expect(await page.locator('#call-addLenders').boundingBox()).toMatchObject({ y: expect.closeTo(24, -1.5) });
  });

  it('prints on white, without the contents, with what is folded, and within the paper', async () => {
    await page.setViewportSize({ width: 720, height: 1000 });
    await page.goto('/docs');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(720);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.getByText('The key was already used for a different request.').first().isVisible()).toBe(true);
  });
});
