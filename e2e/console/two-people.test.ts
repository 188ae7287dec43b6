import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { engines } from '../engines.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser, withPlainSpaces } from './console-user.ts';

/* A borrower and a lender, each in a browser of their own, side by side. */

const chromium = inject('chromium');
const STORY_MS = 120_000;
/** The page has it within a second. Other programs may keep this machine busy for longer. */
const ARRIVES_WITHIN_MS = 8000;

describe.skipIf(chromium === undefined).each(engines)('two browsers side by side on $name', ({ settings }) => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let api: Client;
  let borrower: ConsoleUser;
  let lender: ConsoleUser;
  let loanId: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ ...(await settings()), MAIL: 'off', REQUESTS_PER_SECOND: '0' });
    browser = await launchBrowser(chromium);
    borrower = await openConsoleUser(browser, { url: server.url, email: 'bo@example.com', name: 'Bo Larsen' });
    lender = await openConsoleUser(browser, { url: server.url, email: 'ana@example.com', name: 'Ana Lima' });
    api = await signIn(server.url, 'bo@example.com');
    const lenders = [{ email: 'ana@example.com', name: 'Ana Lima', contribution_amount: 5000 }];
    loanId = await api.postsLoan({ amount: 20_000, lenders });
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  const row = () => borrower.page.getByRole('row').filter({ hasText: 'Ana Lima' });

  /** Notes in the page when it first shows a text. Read it by `seenAt`. */
  async function watchFor(page: Page, text: string): Promise<void> {
    await page.evaluate(`{
      const observer = new MutationObserver(() => {
        if (!document.querySelector('main').innerText.replaceAll('\\u00a0', ' ').includes(${JSON.stringify(text)})) return;
        observer.disconnect();
        window.seenAt = Date.now();
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    }`);
  }

  async function committedAt(type: string): Promise<number> {
    const { events } = (await api.get(`/loans/${loanId}/events?limit=100`)).body;
    return Date.parse(events.find((event: { type: string }) => event.type === type).at);
  }

  /** Time between the change in the store and the text in the borrower's page, by the clock of this machine. */
  async function expectSoon(type: string): Promise<void> {
    const seenAt = () => borrower.page.evaluate('window.seenAt');
    await expect.poll(seenAt, { timeout: ARRIVES_WITHIN_MS }).toBeDefined();
    expect(Number(await seenAt()) - (await committedAt(type))).toBeLessThan(ARRIVES_WITHIN_MS);
  }

  it(
    'shows the borrower an acceptance and its withdrawal as they happen, without a reload',
    async () => {
      await borrower.page.goto(`/app/loans/${loanId}`);
      await borrower.page.getByRole('main').getByText('Up to date.').waitFor();
      await row().getByText('Waiting').waitFor();
      await borrower.page.evaluate('window.isSamePage = true');
      await watchFor(borrower.page, 'Ana Lima agreed to lend 5,000.00 USD.');

      await lender.page.goto(`/app/invitations/${loanId}`);
      await lender.page.getByRole('button', { name: 'Accept' }).click();
      await lender.page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await row().getByText('Accepted').waitFor();
      await expectSoon('lender.accepted');
      const bar = borrower.page.getByRole('progressbar');
      expect(withPlainSpaces(await bar.getAttribute('aria-valuetext'))).toBe(
        '5,000.00 USD of 20,000.00 USD accepted, 0.00 USD waiting',
      );

      await borrower.page.evaluate('delete window.seenAt');
      await watchFor(borrower.page, 'Ana Lima has withdrawn: 5,000.00 USD is free again.');
      await lender.page.getByRole('button', { name: 'Withdraw my acceptance' }).click();
      await lender.page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
      await lender.page.getByRole('heading', { name: 'You have withdrawn' }).waitFor();
      await row().getByText('Withdrawn').waitFor();
      await expectSoon('lender.declined');
      expect(withPlainSpaces(await bar.getAttribute('aria-valuetext'))).toBe(
        '0.00 USD of 20,000.00 USD accepted, 0.00 USD waiting',
      );
      await borrower.page.getByText('20,000.00 USD free').first().waitFor();

      expect(await borrower.page.evaluate('window.isSamePage')).toBe(true);
      expect([...borrower.problems, ...lender.problems]).toEqual([]);
    },
    STORY_MS,
  );
});
