import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { freePort } from '../free-port.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser } from './console-user.ts';

/* The server is killed, the network is gone, or the session ends, while people use the console. */

const chromium = inject('chromium');
const STORY_MS = 120_000;
const WAIT = { timeout: 60_000, interval: 100 };
const EMAIL = 'olga@example.com';
const LENDER = 'ana@example.com';
/** The browser logs each request that has no response, and those that a server rejects while it stops. */
const EXPECTED = { statuses: [401, 503], messages: /net::ERR_/ };
/** Makes a server's clock run ahead by more than a session lasts. */
const MONTH_LATER = 'const now = Date.now; Date.now = () => now() + 31 * 86_400_000;';

describe.skipIf(chromium === undefined)('interruptions of the console', { timeout: STORY_MS }, () => {
  let work: Workplace;
  let settings: Record<string, string>;
  let server: Served;
  let browser: Browser;
  let borrower: ConsoleUser;
  let page: Page;
  let api: Client;

  beforeAll(async () => {
    work = openWorkplace();
    settings = { PORT: String(await freePort()), MAIL: 'off', REQUESTS_PER_SECOND: '0' };
    server = await work.serve(settings);
    browser = await launchBrowser(chromium);
    borrower = await openConsoleUser(browser, { url: server.url, email: EMAIL, name: 'Olga', expected: EXPECTED });
    page = borrower.page;
    page.context().setDefaultTimeout(WAIT.timeout);
    api = await signIn(server.url, EMAIL);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  const start = async () => {
    server = await work.serve(settings);
  };

  /** It is announced too, elsewhere in the document. */
  const asOf = (at: Page) => at.getByRole('main').getByText(/^As of \d\d:\d\d, reconnecting/);

  const loanIds = async () =>
    (await api.get('/loans?role=borrower&limit=100')).body.loans.map((loan: { loan_id: string }) => loan.loan_id);

  const typed = async () =>
    Promise.all(
      ['How much do you need?', 'Interest a year', 'What is it for?'].map((label) => page.getByLabel(label).inputValue()),
    );

  async function typesLoan(purpose: string): Promise<void> {
    await page.goto('/app/loans/new');
    await page.getByLabel('How much do you need?').fill('12,500');
    await page.getByLabel('Interest a year').fill('3.5');
    await page.getByRole('button', { name: '2 years' }).click();
    await page.getByLabel('What is it for?').fill(purpose);
  }

  const createLoan = () => page.getByRole('button', { name: 'Create the loan' }).click();

  async function signsInAgain(at: Page, email: string): Promise<void> {
    await at.waitForURL('**/app/sign-in?return_to=*');
    await at.getByLabel('E-mail address').fill(email);
    await at.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** Waits for an outcome of a call that the page repeats by itself, or offers to repeat. */
  async function retriesUntil(text: string): Promise<void> {
    const retry = page.getByRole('button', { name: 'Try again' });
    const isDone = async () => {
      if (await retry.isVisible()) await retry.click({ timeout: 1000 }).catch(() => {}); // it may just have gone
      return await page.getByText(text).first().isVisible();
    };
    await expect.poll(isDone, WAIT).toBe(true);
  }

  it('posts one loan where the server is killed after it has stored it', async () => {
    await typesLoan('A bicycle');
    const before = (await loanIds()).length;
    const killed = new Promise<void>((resolve) => {
      const kill = async (route: Route) => {
        await route.fetch();
        await server.stop('SIGKILL');
        await route.abort('connectionreset');
        resolve();
      };
      void page.route('**/loans', kill, { times: 1 });
    });
    await createLoan();
    await killed;
    expect(await typed()).toEqual(['12,500', '3.5', 'A bicycle']);
    await start();
    await retriesUntil('Nobody is invited yet.');
    const after = await loanIds();
    expect(after).toHaveLength(before + 1);
    expect(page.url()).toContain(after[0]);
  });

  it('keeps what was typed where the server is killed before it has the request, and posts it later', async () => {
    await typesLoan('A boat');
    const before = (await loanIds()).length;
    await server.stop('SIGKILL');
    await createLoan();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.getByText('It is safe to try again').waitFor();
    expect(await page.getByRole('button', { name: 'Create the loan' }).count()).toBe(0);
    expect(await typed()).toEqual(['12,500', '3.5', 'A boat']);
    await start();
    await page.reload();
    expect(await typed()).toEqual(['12,500', '3.5', 'A boat']);
    await createLoan();
    await page.getByText('Nobody is invited yet.').waitFor();
    expect(await loanIds()).toHaveLength(before + 1);
  });

  it('invites once where the server is killed in the middle and the page is closed and opened again', async () => {
    const loanId = await api.postsLoan();
    await page.goto(`/app/loans/${loanId}/invite`);
    for (const [index, email] of ['kim@example.com', 'lea@example.com'].entries()) {
      await page.getByLabel(`E-mail, row ${index + 1}`).fill(email);
      await page.getByLabel(`Amount in USD, row ${index + 1}`).fill('200');
    }
    const killed = new Promise<void>((resolve) => {
      const kill = async (route: Route) => {
        const responded = route.fetch().catch(() => {});
        await Promise.all([responded, server.stop('SIGKILL')]); // before or after it has stored them
        resolve(); // the page has no response
      };
      void page.route(`**/loans/${loanId}/lenders`, (route) =>
        route.request().method() === 'POST' ? kill(route) : route.continue(),
      );
    });
    await page.getByRole('button', { name: 'Invite 2 people' }).click();
    await killed;
    await page.goto('about:blank');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await start();
    await page.goto(`/app/loans/${loanId}/invite`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: '2 people are invited' }).waitFor();
    const { lenders } = (await api.get(`/loans/${loanId}/lenders`)).body;
    expect(lenders).toHaveLength(2);
  });

  it('says as of when it is, and can only be read, while the server is gone, and then shows what happened meanwhile', async () => {
    const loanId = await api.postsLoan({ lenders: [{ email: LENDER, contribution_amount: 2000 }] });
    await page.goto(`/app/loans/${loanId}`);
    await page.getByRole('main').getByText('Up to date.').waitFor();
    const end = page.getByRole('button', { name: 'End this loan' });
    await end.waitFor(); // the history, which says who may do what, has been read
    await page.getByRole('button', { name: 'Manage' }).first().waitFor(); // and the lenders
    await server.stop('SIGKILL');
    await asOf(page).waitFor();
    expect(await end.isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Manage' }).first().isDisabled()).toBe(true);
    await start();
    const lender = await signIn(server.url, LENDER);
    expect((await lender.post(`/invitations/${loanId}/accept`)).status).toBe(200);
    await page.getByRole('main').getByText('Up to date.').waitFor();
    await page.getByRole('row').filter({ hasText: LENDER }).getByText('Accepted').waitFor();
    expect(await end.isEnabled()).toBe(true);
  });

  it('keeps an invitation readable without a network, and lets it be answered in a new session', async () => {
    const loanId = await api.postsLoan({ lenders: [{ email: LENDER, contribution_amount: 1500 }] });
    const lender = await openConsoleUser(browser, { url: server.url, email: LENDER, expected: EXPECTED });
    await lender.page.goto(`/app/invitations/${loanId}`);
    await lender.page.getByText('This page keeps itself up to date.').waitFor();
    const accept = lender.page.getByRole('button', { name: 'Accept' });
    await lender.context.setOffline(true);
    await asOf(lender.page).waitFor();
    expect(await accept.isDisabled()).toBe(true);
    await lender.context.setOffline(false);
    await lender.page.getByText('This page keeps itself up to date.').waitFor();
    await lender.context.clearCookies();
    // The page may notice first that the session has ended, and go to the sign-in by itself.
    await accept.click({ timeout: 5000 }).catch(() => {});
    await signsInAgain(lender.page, LENDER);
    await lender.page.getByRole('button', { name: 'Accept' }).click();
    await lender.page.getByRole('heading', { name: 'You have accepted' }).waitFor();
    expect(lender.problems).toEqual([]);
    await lender.context.close();
  });

  it('says on other pages, too, of what time they are while there is no network', async () => {
    await page.goto('/');
    const loan = page.getByRole('link', { name: '20,000.00 USD' }).first();
    await loan.waitFor();
    await borrower.context.setOffline(true);
    const notice = page.getByRole('complementary').getByText(/^You are offline: this is as of \d\d:\d\d/);
    await notice.waitFor();
    expect(await loan.isVisible()).toBe(true);
    await borrower.context.setOffline(false);
    await notice.waitFor({ state: 'detached' });
  });

  it('leads to the sign-in where the user signs out everywhere in another browser, and back to what was typed', async () => {
    const [loanId] = await loanIds();
    const watching = await borrower.context.newPage();
    await watching.goto(`/app/loans/${loanId}`);
    await watching.getByRole('main').getByText('Up to date.').waitFor();
    await typesLoan('A kiln');
    const before = (await loanIds()).length;

    const elsewhere = await openConsoleUser(browser, { url: server.url, email: EMAIL });
    await elsewhere.page.goto('/');
    await elsewhere.page.getByLabel(/^Account of/).click();
    await elsewhere.page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await elsewhere.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await elsewhere.page.getByText('You are signed out here and on all other devices.').first().waitFor();
    expect(elsewhere.problems).toEqual([]);
    await elsewhere.context.close();

    await watching.waitForURL('**/app/sign-in?return_to=*'); // its stream has ended
    await watching.getByText('You were signed out elsewhere, or your session has ended.').first().waitFor();
    await watching.close();
    await createLoan();
    await signsInAgain(page, EMAIL);
    await page.getByLabel('What is it for?').waitFor();
    expect(await typed()).toEqual(['12,500', '3.5', 'A kiln']);
    api = await signIn(server.url, EMAIL);
    expect(await loanIds()).toHaveLength(before);
    await createLoan();
    await page.getByText('Nobody is invited yet.').waitFor();
    expect(await loanIds()).toHaveLength(before + 1);
  });

  it('keeps what was typed where the session has expired', async () => {
    await typesLoan('A piano');
    await server.stop();
    settings = { ...settings, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MONTH_LATER)}` };
    await start();
    await createLoan();
    await signsInAgain(page, EMAIL);
    await page.getByLabel('What is it for?').waitFor();
    expect(await typed()).toEqual(['12,500', '3.5', 'A piano']);
    await createLoan();
    await page.getByText('Nobody is invited yet.').waitFor();
  });

  it('has no error in the console but those of requests without a response', () => {
    expect(borrower.problems).toEqual([]);
  });
});
