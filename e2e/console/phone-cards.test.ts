import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { call, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { signInLocally } from './console-user.ts';

/* Cards on a phone, in German, whose words for a status are the longest. */

const chromium = inject('chromium');
const BORROWER = { email: 'bo@example.com', name: 'Friederike Schwarzenberger-Lindenthal' };
const LENDER = { email: 'ludwig@example.com' };
const PILL = 'Einladung zurückgezogen';
/** Of a phone: the narrowest that has such cards, and a usual one. */
const WIDTHS = [360, 390];
const LINE_PX = 30;

describe.skipIf(chromium === undefined)('cards on a phone', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let loanId: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ MAIL: 'off', REQUESTS_PER_SECOND: '0' });
    browser = await launchBrowser(chromium);
    const borrower = await signIn(server.url, BORROWER.email, BORROWER.name);
    loanId = await borrower.postsLoan({ lenders: [{ ...LENDER, contribution_amount: 1501 }] });
    const { body } = await borrower.get(`/loans/${loanId}/lenders`);
    expect((await call(server.url, borrower.token, 'DELETE', `/loans/${loanId}/lenders/${body.lenders[0].lender_id}`)).status).toBe(
      200,
    );
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function opens(user: typeof BORROWER | typeof LENDER, path: string): Promise<Page> {
    const page = await browser.newPage({ baseURL: server.url, locale: 'de-DE' });
    await signInLocally(page.context(), user);
    await page.goto(path);
    await page.locator('.status-pill', { hasText: PILL }).waitFor();
    return page;
  }

  it.each(WIDTHS)('have a lender’s status on one line, beside which nothing is cut off, at %i px', async (width) => {
    const page = await opens(BORROWER, `/app/loans/${loanId}`);
    await page.setViewportSize({ width, height: 800 });
    expect((await page.locator('.status-pill', { hasText: PILL }).boundingBox())?.height).toBeLessThan(LINE_PX);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });

  it.each(WIDTHS)('do not break a borrower’s name for a long status, at %i px', async (width) => {
    const page = await opens(LENDER, '/');
    await page.setViewportSize({ width, height: 800 });
    const name = page.getByRole('link', { name: BORROWER.name });
    expect((await name.boundingBox())?.height).toBeLessThan(2 * LINE_PX);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });
});
