import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openSqlite } from '../../server/src/storage/sqlite/sqlite-store.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { resetPage, signInLocally } from './console-user.ts';
import { createHoldScenes, OPERATOR } from './hold-scenes.ts';
import { createScenes, type Scene } from './scenes.ts';

/*
 * Every main screen and state of the console in a real browser: axe, both themes, both languages, a narrow phone, the keyboard.
 * Each screen is loaded once: themes, widths and languages change while it is open. All are loaded by one page, one after the
 * other: a new page takes two processes of the browser, which cost as much as the checks.
 */

const chromium = inject('chromium');
const WIDE = { width: 1280, height: 800 };
/** As wide as a phone of 320 pixels, and as high as a window of 1280 by 1024 at 400 %. */
const ZOOMED = { width: 320, height: 256 };
/** Of phones, tablets and laptops, in German, whose words are long. */
const WIDTHS = [320, 768, 1024, 1280];
/** Names of parts of the page, and of cells of a lender, that lie over each other. */
const OVERLAPS = `(() => {
  const contentsOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range;
  };
  const groups = [
    [...document.querySelectorAll('.card, .lender-table, .decision-panel, .hold-item')],
    ...[...document.querySelectorAll('.lender-table tbody tr')].map((row) => [...row.children]),
  ];
  return groups.flatMap((elements) => {
    const boxes = elements.map((element) => [element.className, (element.matches('th, td') ? contentsOf(element) : element).getBoundingClientRect()]);
    return boxes.flatMap(([name, a], index) => boxes.slice(index + 1)
      .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      .map(([other]) => name + ' and ' + other));
  });
})()`;
/** Rules whose result depends on theme, width or language. */
const RULES_OF_APPEARANCE = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size', 'valid-lang'];
/** The colours change some time after the theme, and transitions, which take no time here, with the frame after that. */
const HAS_DARK_COLOURS = `getComputedStyle(document.querySelector('main h1')).color === 'rgb(228, 231, 232)'`;
const NEXT_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
const CONTROLS = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]';

/** The part of an axe result that a failure shows. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** axe on the longest page, on a busy machine. */
const SLOW_MS = 120_000;

describe.skipIf(chromium === undefined)('accessibility of the console', { timeout: SLOW_MS }, () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let page: Page;
  let axe: string;
  let scenes: ReadonlyMap<string, Scene>;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ MAIL: 'off', RISK: 'off', REQUESTS_PER_SECOND: '0', OPERATORS: OPERATOR.email });
    browser = await launchBrowser(chromium);
    page = await browser.newPage({ baseURL: server.url, locale: 'en-US', reducedMotion: 'reduce' });
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const store = openSqlite(work.path('data', 'lending.db'));
    const all = [...(await createScenes(server.url)), ...(await createHoldScenes(server.url, store))];
    await store.close();
    scenes = new Map(all.map((scene) => [scene.name, scene]));
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  /** Shows a scene on the page, as if nothing had been there before. */
  async function open(name: string): Promise<void> {
    const scene = scenes.get(name);
    if (!scene) throw new Error(`no scene ${name}`);
    await resetPage(page);
    if (scene.as) await signInLocally(page.context(), scene.as);
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
    await page.goto(scene.path);
    await page.getByText(scene.shows).first().waitFor();
    await scene.prepare?.(page);
  }

  async function violations(options: object): Promise<unknown[]> {
    const run = `axe.run(${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => violations)`;
    const found: Violation[] = await page.evaluate(run);
    return found.map(({ id, nodes }) => [id, nodes.length, nodes[0]?.html, nodes[0]?.failureSummary]);
  }

  const focused = <T>(expression: string): Promise<T> => page.evaluate(`(({ activeElement: e }) => ${expression})(document)`);

  const NAMES = [
    ...['sign-in', 'mail-link', 'opt-out', 'no-such-page', 'components', 'overview-empty', 'overview', 'overview-borrower'],
    ...[
      'new-loan',
      'loan',
      'loan-empty',
      'loan-funded',
      'loan-cancelled',
      'invite',
      'import',
      'import-checked',
      'invitation',
      'invitation-accepted',
    ],
    ...['holds', 'holds-empty', 'hold', 'hold-noted', 'hold-unscored', 'hold-rejected'],
  ];

  it('visits every scene', () => {
    expect([...scenes.keys()].sort()).toEqual(NAMES.toSorted());
  });

  it.each(NAMES)(
    '%s has no violation that axe finds, in both themes and languages, and fits phones, tablets and laptops',
    async (name) => {
      await open(name);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.evaluate('for (const details of document.querySelectorAll("main details")) details.open = true');
      await page.evaluate(axe);
      expect(await violations({ rules: { 'target-size': { enabled: true } } })).toEqual([]);
      await page.getByRole('button', { name: 'Deutsch' }).click();
      await page.locator('html[lang="de"]').waitFor();
      await page.setViewportSize(ZOOMED);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => page.evaluate(HAS_DARK_COLOURS)).toBe(true);
      await page.evaluate(NEXT_FRAMES);
      expect(await violations({ runOnly: RULES_OF_APPEARANCE })).toEqual([]);
      for (const width of WIDTHS) {
        await page.setViewportSize({ ...ZOOMED, width });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.evaluate(OVERLAPS), `at ${width} pixels`).toEqual([]);
      }
    },
  );

  it.each(['components', 'invite', 'holds', 'hold'])(
    '%s shows where the focus is, reaches each control by keyboard, and lets it go',
    async (name) => {
      await open(name);
      await page.evaluate('document.activeElement.blur(); window.scrollTo(0, 0)');
      const count = await page.locator(CONTROLS).filter({ visible: true }).count();
      const reached = new Set<number>();
      const isShown = `e === document.body || [e, e.closest('.field-control, .choose-file') ?? e, e].some((each) =>
      getComputedStyle(each).outlineStyle === 'solid' || getComputedStyle(each, '::after').outlineStyle === 'solid')`;
      for (let n = 0; n < count + 5; n += 1) {
        await page.keyboard.press('Tab');
        const [index, shown, html] = await focused<[number, boolean, string]>(
          `[[...document.querySelectorAll(${JSON.stringify(CONTROLS)})].indexOf(e), ${isShown}, e.outerHTML.slice(0, 200)]`,
        );
        expect(shown, html).toBe(true);
        reached.add(index);
        if (index === -1 && n > 0) break; // after the last control
      }
      expect(reached.size - 1).toBe(count);
    },
  );

  it('moves the focus to the heading of the next page, and back to what opened a dialog', async () => {
    await open('overview-borrower');
    await page.getByRole('link', { name: '20,000.00 USD' }).click();
    await page.getByRole('heading', { level: 1, name: 'Loan of 20,000.00 USD' }).waitFor();
    await expect.poll(() => focused('e.tagName')).toBe('H1');
    const opener = page.getByRole('button', { name: 'End this loan' });
    await opener.click();
    expect(await focused('e.closest("dialog") !== null')).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused('e.textContent')).toContain('End this loan');
    await page.goBack();
    await expect.poll(() => focused('e.tagName')).toBe('H1');
  });

  it('begins the next page at its top, and leaves the focus where the user puts it while a page loads', async () => {
    await open('overview-borrower');
    await page.setViewportSize(ZOOMED);
    const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
    await page.route(/\/loans\/[^/?]+$/, async (route) => {
      if (route.request().resourceType() === 'fetch') await isRead;
      await route.continue();
    });
    await page.getByRole('link', { name: '20,000.00 USD' }).click();
    await page.getByRole('heading', { level: 1, name: 'Loan' }).waitFor();
    expect(await page.evaluate('window.scrollY')).toBe(0);
    await page.getByRole('link', { name: 'Private Lending' }).focus();
    read();
    await page.getByRole('heading', { level: 1, name: 'Loan of 20,000.00 USD' }).waitFor();
    expect(await focused('e.textContent')).toBe('Private Lending');
  });

  it('keeps a dialog within a low window, with all of its buttons in reach', async () => {
    await open('components');
    await page.setViewportSize(ZOOMED);
    await page.getByRole('button', { name: 'Open the dialog' }).click();
    const { height } = (await page.getByRole('dialog').boundingBox()) ?? { height: Number.NaN };
    expect(height).toBeLessThanOrEqual(ZOOMED.height);
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('tells the parts of the funding bar apart in forced colours', async () => {
    await open('components');
    await page.emulateMedia({ forcedColors: 'active' });
    const backgrounds: string[] = await page.evaluate(`['bar', 'accepted', 'waiting'].map((name) => {
      const { backgroundColor, backgroundImage } = getComputedStyle(document.querySelector('.funding-' + name));
      return backgroundColor + backgroundImage;
    })`);
    expect(new Set(backgrounds).size).toBe(3);
  });
});
