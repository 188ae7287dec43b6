import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { openConsoleUser, signInLocally } from './console-user.ts';

/* A borrower who has invited more people than mail leaves for on the first day, in a real browser on the real program. */

const chromium = inject('chromium');
const BORROWER = { email: 'bo@example.com', name: 'Bo Larsen' };
const WAIT = { timeout: 30_000, interval: 50 };

const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ email: `p${from + index}@example.com`, contribution_amount: 10 }));

describe.skipIf(chromium === undefined)('mail that waits, in the console', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let api: Client;
  let loanId: string;

  const waiting = async () => (await api.get(`/loans/${loanId}`)).body.mails_on_their_way;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ REQUESTS_PER_SECOND: '0' });
    browser = await launchBrowser(chromium);
    api = await signIn(server.url, BORROWER.email);
    loanId = await api.postsLoan({ amount: 20_000, lenders: people(20) });
    expect((await api.post(`/loans/${loanId}/lenders`, { lenders: people(10, 20) })).status).toBe(200);
    await vi.waitUntil(async () => (await waiting()) === 5, WAIT);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  it('is counted on the loan’s page, in one sentence that says nothing about why, and fewer after an acceptance', async () => {
    const { context, page, problems } = await openConsoleUser(browser, { url: server.url, ...BORROWER });
    await page.goto(`/app/loans/${loanId}`);
    const main = page.getByRole('main');
    await main.getByText('5 e-mails are on their way.', { exact: true }).waitFor();
    await main.getByText('Up to date.').waitFor();
    const lender = await signIn(server.url, 'p0@example.com');
    expect((await lender.post(`/invitations/${loanId}/accept`)).status).toBe(200);
    await main.getByText('3 e-mails are on their way.', { exact: true }).waitFor();
    expect(await waiting()).toBe(3);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('is counted in German too', async () => {
    const page = await browser.newPage({ baseURL: server.url, locale: 'de-DE' });
    await signInLocally(page.context(), BORROWER);
    await page.goto(`/app/loans/${loanId}`);
    await page.getByRole('main').getByText('3 E-Mails sind unterwegs.', { exact: true }).waitFor(WAIT);
    await page.close();
  });

  it('is not shown to a lender', async () => {
    const page = await browser.newPage({ baseURL: server.url });
    await signInLocally(page.context(), { email: 'p0@example.com' });
    await page.goto(`/app/loans/${loanId}`);
    await page.getByRole('main').getByText('Up to date.').waitFor(WAIT);
    expect(await page.getByText('on their way').count()).toBe(0);
    await page.close();
  });
});
