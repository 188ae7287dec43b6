import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium as launcher, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';

/* The pages that people see, in a real browser: accessibility by axe, a phone's width, the keyboard, and print. */

const executablePath = inject('chromium');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const LOAN = '01a202a0-d02c-78e5-940b-844f91530ecc';
const PAGES = ['/docs', `/invite/${LOAN}#token`, `/invite/${LOAN}`, '/mail/opt-out#token', '/mail/opt-out'];
const PHONE = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 900 };

/** The part of an axe result that a failure shows. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

describe.skipIf(executablePath === undefined)('accessibility of the pages', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ REQUESTS_PER_SECOND: '0' });
    browser = await launcher.launch({ executablePath: executablePath ?? '', args: FLAGS });
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ bypassCSP: true, ...options }); // axe is added to the page
    await page.goto(server.url + path);
    return page;
  }

  describe.each(PAGES)('%s', (path) => {
    it.each([
      ['light', WIDE],
      ['dark', WIDE],
      ['light', PHONE],
      ['dark', PHONE],
    ] as const)('has no violation that axe finds in %s mode at %o', async (colorScheme, viewport) => {
      const page = await open(path, { colorScheme, viewport });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      await page.evaluate(axe);
      const violations: Violation[] = await page.evaluate('axe.run().then(({ violations }) => violations)');
      const found = violations.map(({ id, nodes }) => ({
        id,
        count: nodes.length,
        first: nodes[0]?.failureSummary,
        at: nodes[0]?.html,
      }));
      expect(found).toEqual([]);
      await page.close();
    });

    it('fits a width of 320 pixels', async () => {
      const page = await open(path, { viewport: PHONE });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBe(PHONE.width);
      await page.close();
    });

    it('shows where the focus is, and reaches each control by keyboard', async () => {
      const page = await open(path, { viewport: WIDE });
      const controls = 'a[href], button:not([disabled]), summary, pre[tabindex="0"]';
      const count = await page.locator(controls).filter({ visible: true }).count();
      for (let n = 0; n < Math.min(count, 12); n += 1) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate((selector) => {
          const focused = document.activeElement;
          return focused?.matches(selector) === true && getComputedStyle(focused).outlineStyle;
        }, controls);
        expect(outline).toBe('solid');
      }
      await page.close();
    });

    it('has an icon, which the browser may load', async () => {
      const page = await browser.newPage();
      const messages: string[] = [];
      page.on('console', (message) => void messages.push(message.text()));
      await page.goto(server.url + path);
      const icon = await page.locator('link[rel=icon]').evaluate((link) => (link instanceof HTMLLinkElement ? link.href : ''));
      expect(icon).toBe(`${server.url}/favicon.svg`);
      const width = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return image.width;
      }, icon);
      expect(width).toBeGreaterThan(0);
      expect(messages).toEqual([]);
      await page.close();
    });
  });

  it('/docs leads to the content by its first link, and to each section by its fragment', async () => {
    const page = await open('/docs', { viewport: WIDE });
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    await page.goto(`${server.url}/docs#call-addLenders`);
    expect(await page.locator('#call-addLenders').boundingBox()).toMatchObject({ y: expect.closeTo(24, -1.5) });
    await page.close();
  });

  it('/docs prints without the contents, and within the paper', async () => {
    const page = await open('/docs', { viewport: { width: 720, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(720);
    const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(color).toBe('rgb(255, 255, 255)');
    await page.close();
  });
});
