import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser, signInLocally, withPlainSpaces } from './console-user.ts';

/* A borrower in a real browser, with the real server. The others call the API. */

const chromium = inject('chromium');
const MANY = 5000;

describe.skipIf(chromium === undefined)('console of a borrower', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let api: Client;
  let borrower: ConsoleUser;
  let page: Page;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ MAIL: 'off', REQUESTS_PER_SECOND: '0', INVITES_PER_HOUR: '100000' });
    browser = await launchBrowser(chromium);
    borrower = await openConsoleUser(browser, { url: server.url, email: 'bo@example.com', name: 'Bo Larsen' });
    api = await signIn(server.url, 'bo@example.com');
    page = borrower.page;
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  const loanIds = async () =>
    (await api.get('/loans?role=borrower&limit=100')).body.loans.map((loan: { loan_id: string }) => loan.loan_id);

  async function invites(loanId: string, lenders: readonly object[]): Promise<void> {
    expect((await api.post(`/loans/${loanId}/lenders`, { lenders })).status).toBe(200);
  }

  async function accepts(loanId: string, email: string): Promise<void> {
    const lender = await signIn(server.url, email);
    expect((await lender.post(`/invitations/${loanId}/accept`)).status).toBe(200);
  }

  /** Opens a loan's page, and waits until it is live. */
  async function opens(loanId: string): Promise<void> {
    await page.goto(`/app/loans/${loanId}`);
    await page.getByRole('main').getByText('Up to date.').waitFor();
  }

  const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text });

  async function fillsLoan(amount: string): Promise<void> {
    await page.getByLabel('How much do you need?').fill(amount);
    await page.getByLabel('Interest a year').fill('4.5');
    await page.getByRole('button', { name: '3 years' }).click();
    await page.getByLabel('What is it for?').fill('A workshop of our own');
  }

  it('shows a new user the next step', async () => {
    await page.goto('/');
    await page.getByText('invitations to bo@example.com appear here').waitFor();
    await page.getByRole('link', { name: 'New loan' }).click();
    await page.getByRole('heading', { level: 1, name: 'New loan' }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
  });

  it('says what a loan costs as it is typed, and keeps it over a reload', async () => {
    await page.goto('/app/loans/new');
    await fillsLoan('20,000');
    const cost =
      'You get 20,000.00 USD. You pay back about 594.94 USD a month for 36 months (3 years), about 21,417.79 USD in all: about 1,417.79 USD of interest.';
    const shown = page.getByRole('main').getByText(cost); // it is announced, too
    await shown.waitFor();
    await page.reload();
    await shown.waitFor();
    expect(await page.getByLabel('What is it for?').inputValue()).toBe('A workshop of our own');
  });

  it('leads to the first field that is wrong', async () => {
    await page.getByLabel('Paid back over').fill('481');
    await page.getByRole('button', { name: 'Create the loan' }).click();
    await page.getByText('Enter a whole number of months from 1 to 480.').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('term_months');
    await page.getByRole('button', { name: '3 years' }).click();
  });

  it('keeps what was typed when the session has ended, and continues after signing in', async () => {
    await borrower.context.clearCookies();
    await page.getByRole('button', { name: 'Create the loan' }).click();
    await page.waitForURL('**/app/sign-in?return_to=*');
    expect(new URL(page.url()).searchParams.get('return_to')).toBe('/app/loans/new');
    await signInLocally(page.context(), { email: 'bo@example.com' });
    await page.goto('/app/loans/new');
    await page.getByText('21,417.79 USD in all').waitFor();
    expect(await loanIds()).toEqual([]);
  });

  it('posts one loan for a double click in two tabs of which one loses the response', async () => {
    const draft = await page.evaluate('JSON.stringify(sessionStorage)');
    const other = await borrower.context.newPage();
    // A duplicate of the tab has the same draft.
    await other.addInitScript(`for (const [key, value] of Object.entries(${draft})) sessionStorage.setItem(key, value)`);
    await other.goto('/app/loans/new');
    let lost = 0;
    await page.route('**/loans', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Create the loan' }).dblclick();
    await page.getByText('Nobody is invited yet.').waitFor();
    await other.getByRole('button', { name: 'Create the loan' }).click();
    await other.getByText('Nobody is invited yet.').waitFor();
    await page.unrouteAll();
    expect(lost).toBe(1);
    expect(other.url()).toBe(page.url());
    expect(await loanIds()).toEqual([page.url().split('/').at(-1)]);
    await other.close();
    await page.goBack();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await loanIds()).toHaveLength(1);
  });

  it('shows an acceptance as it comes, and says why less is waiting', async () => {
    const [loanId = ''] = await loanIds();
    await opens(loanId);
    const lenders = [
      { email: 'ana@example.com', name: 'Ana Lima', contribution_amount: 5000 },
      { email: 'ben@example.com', contribution_amount: '2500.50' },
      { email: 'dina@example.com', name: 'דינה <b>🏡</b>', contribution_amount: 1000 },
    ];
    await invites(loanId, lenders);
    await rowOf('דינה <b>🏡</b>').waitFor();
    await accepts(loanId, 'ana@example.com');
    await rowOf('Ana Lima').getByText('Accepted').waitFor();
    const ben = await signIn(server.url, 'ben@example.com');
    await ben.post(`/invitations/${loanId}/decline`);
    await page.getByText('ben@example.com declined: 2,500.50 USD is free again.').first().waitFor();
    const bar = page.getByRole('progressbar');
    expect(withPlainSpaces(await bar.getAttribute('aria-valuetext'))).toBe(
      '5,000.00 USD of 20,000.00 USD accepted, 1,000.00 USD waiting',
    );
  });

  it('reminds once a day, changes an amount, and revokes', async () => {
    const manage = rowOf('dina@example.com').getByRole('button');
    await manage.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Send a reminder' }).click();
    await dialog.getByText('The reminder goes out after').first().waitFor(); // it is announced, too
    await dialog.getByLabel('Amount').fill('50,000');
    await dialog.getByRole('button', { name: 'Save the amount' }).click();
    await dialog.getByText('That is more than is free. You can ask for at most 15,000.00 USD.').waitFor();
    expect(await dialog.getByLabel('Amount').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Amount').fill('1,500');
    await page.keyboard.press('Enter');
    await dialog.getByText('The amount is now 1,500.00 USD.').first().waitFor();
    await page.keyboard.press('Escape');
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await expect.poll(focused).toBe('Manage the invitation of \u2068דינה <b>🏡</b>\u2069');
    await page.reload();
    await manage.click();
    await dialog.getByRole('button', { name: 'Send a reminder' }).click();
    await dialog.getByText('They were reminded today.').waitFor();
    await dialog.getByRole('button', { name: 'Revoke the invitation' }).click();
    await dialog.getByText('1,500.00 USD is free for others.').waitFor();
    await dialog.getByRole('button', { name: 'Revoke it' }).click();
    await rowOf('dina@example.com').getByText('Revoked').waitFor();
  });

  it('can only be read while it is offline, and catches up by itself', async () => {
    const [loanId = ''] = await loanIds();
    await invites(loanId, [{ email: 'eve@example.com', contribution_amount: 2000 }]);
    await rowOf('eve@example.com').waitFor();
    await borrower.context.setOffline(true);
    await page
      .getByRole('main')
      .getByText(/^As of \d\d:\d\d, reconnecting/)
      .waitFor();
    expect(await page.getByRole('link', { name: 'Invite people' }).isDisabled()).toBe(true);
    for (const name of ['End this loan', 'Invite again: ben@example.com'])
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    await accepts(loanId, 'eve@example.com');
    await borrower.context.setOffline(false);
    await page.getByRole('main').getByText('Up to date.').waitFor();
    await rowOf('eve@example.com').getByText('Accepted').waitFor();
  });

  it('closes a loan after saying what follows', async () => {
    await page.getByRole('button', { name: 'End this loan' }).click();
    await page.getByRole('button', { name: 'Close the loan' }).click();
    await page.getByText('The loan is closed at what was accepted: 7,000.00 USD of 20,000.00 USD.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close the loan' }).click();
    const main = page.getByRole('main');
    await main.getByText('The loan was closed at 7,000.00 USD of 20,000.00 USD.').waitFor();
    await main.getByText('You closed the loan at').first().waitFor();
    expect(await main.getByText('You closed the loan at').count()).toBe(1);
    expect(await main.getByText('Up to date.').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'End this loan' }).count()).toBe(0);
  });

  it('lets the dialog of a lender be closed who accepts while the borrower revokes the invitation', async () => {
    const loanId = await api.postsLoan({ lenders: [{ email: 'fay@example.com', contribution_amount: 500 }] });
    await opens(loanId);
    await rowOf('fay@example.com').getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Revoke the invitation' }).click();
    await accepts(loanId, 'fay@example.com');
    await dialog.getByText('This invitation has ended or was answered: Accepted.').waitFor();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it(`scrolls through ${MANY} lenders, of which the document has a few`, async () => {
    const loanId = await api.postsLoan({ amount: 1_000_000 });
    const rows = Array.from({ length: MANY }, (_, index) => `lender${index}@example.com,100`);
    const body = ['email,contribution_amount', ...rows].join('\n');
    const headers = { Authorization: `Bearer ${api.token}`, 'Content-Type': 'text/csv' };
    const started = await fetch(`${server.url}/loans/${loanId}/lenders/imports`, { method: 'POST', headers, body });
    expect(started.status).toBe(202);
    await opens(loanId);
    await page.getByRole('heading', { name: '5,000 lenders' }).waitFor({ timeout: 60_000 });
    let shownMax = 0;
    const table = page.getByRole('table');
    while ((await table.getAttribute('aria-rowcount')) !== String(MANY + 1)) {
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      shownMax = Math.max(shownMax, await page.getByRole('row').count());
    }
    expect(shownMax).toBeLessThan(200);
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await page.locator(`[aria-rowindex="${MANY + 1}"]`).waitFor();
  }, 120_000);
});
