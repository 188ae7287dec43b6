// Takes the pictures of docs/console.md from the real program, or those that are named. Usage: npm run docs:screens [-- SCENE...]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, startChromium } from '../../e2e/chromium.ts';
import { signInLocally } from '../../e2e/console/console-user.ts';
import { createHoldScenes, OPERATOR } from '../../e2e/console/hold-scenes.ts';
import { createScenes, type Person, type Scene } from '../../e2e/console/scenes.ts';
import { openSqlite } from '../../server/src/storage/sqlite/sqlite-store.ts';
import { openWorkplace } from '../../server/src/testing/process/cli-process.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screens/', import.meta.url));
const SCENES = ['sign-in', 'overview', 'new-loan', 'loan', 'invite', 'import-checked', 'invitation', 'holds', 'hold'];
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const THEMES = ['light', 'dark'] as const;
/** The first with which a picture is small enough. */
const QUALITIES = [70, 60, 50];
const BYTES_MAX = 48_000;

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('there is no Chromium');
const named = process.argv.slice(2);
if (named.length === 0) rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const work = openWorkplace();
const browserServer = await startChromium(executablePath);
try {
  const { url } = await work.serve({ MAIL: 'off', RISK: 'off', REQUESTS_PER_SECOND: '0', OPERATORS: OPERATOR.email });
  const { chromium } = await import('playwright-core');
  const browser = await chromium.connect(browserServer.wsEndpoint());
  const store = openSqlite(work.path('data', 'lending.db'));
  const scenes = [...(await createScenes(url)), ...(await createHoldScenes(url, store))];
  await store.close();
  for (const name of named.length === 0 ? SCENES : named) {
    const scene = scenes.find((each) => each.name === name);
    if (!scene) throw new Error(`there is no scene ${name}`);
    await takeScene(await startContext(browser, url, scene.as), scene);
  }
} finally {
  await browserServer.close();
  await work.close();
}

/** Shows pages as a server with sign-in by e-mail does: without the banner of development servers. */
async function startContext(browser: Browser, url: string, user: Person | undefined): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' });
  if (user) await signInLocally(context, user);
  const headers = { 'X-Lending-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
  const me: object = await (await context.request.get('/auth/me', { headers })).json();
  await context.route('**/auth/me', (route) => route.fulfill({ json: { ...me, sign_in: 'email' } }));
  return context;
}

async function takeScene(context: BrowserContext, { name, path, shows, prepare }: Scene): Promise<void> {
  const page = await context.newPage();
  await page.goto(path);
  await page
    .getByText(name === 'sign-in' ? 'Send me a code' : shows)
    .first()
    .waitFor();
  await prepare?.(page);
  await page.evaluate('document.activeElement.blur()');
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of THEMES) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await page.evaluate('window.scrollTo(0, 0)');
      await page.waitForTimeout(500); // the theme changes with a later frame
      writeFileSync(`${FOLDER}${name}-${size}-${theme}.webp`, await capture(page));
    }
  }
  await context.close();
}

/** @throws Error for a picture that is too large with each quality */
async function capture(page: Page): Promise<Buffer> {
  const cdp = await page.context().newCDPSession(page);
  for (const quality of QUALITIES) {
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality });
    const picture = Buffer.from(data, 'base64');
    if (picture.length <= BYTES_MAX) return picture;
  }
  throw new Error(`a picture of ${page.url()} has more than ${BYTES_MAX} bytes`);
}
