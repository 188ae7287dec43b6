import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, call, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser, signInLocally, withPlainSpaces } from './console-user.ts';

/* Inviting people by the console's table and from a file, in a real browser on the real program. */

const chromium = inject('chromium');
const WAIT = { timeout: 20_000, interval: 50 };
const EMAIL = 'olga@example.com';
/** axe, several times, on a busy machine. */
const SLOW_MS = 120_000;
const PHONE = { width: 320, height: 640 };
/** Of axe: their results depend on theme and width. */
const RULES_OF_APPEARANCE = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];
const HAS_COLOURS = (theme: 'dark' | 'light') =>
  `matchMedia('(prefers-color-scheme: ${theme})').matches && document.getAnimations().length === 0`;
const NEXT_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
/** Sets the server's clock back to the begin of the hour: the limit of invitations is that of one hour. */
const HOUR_BEGINS = 'const now = Date.now; const minutes = now() % 3_600_000; Date.now = () => now() - minutes;';
const TEN = [
  'E-Mail\tName\tBetrag',
  'ann@example.com\tAnn Berg\t1,500.50',
  'ben@example\tBen\t250',
  'chloe@example.com\tمريم\t250',
  'dan@example.com\tDan 🙂\t-5',
  ...['eve', 'fay', 'gus', 'hal', 'ivy', 'jon'].map((name) => `${name}@example.com\t<b>${name}</b>\t100`),
].join('\n');

describe.skipIf(chromium === undefined)('inviting in the console', { timeout: SLOW_MS }, () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let user: ConsoleUser;
  let page: Page;
  let borrower: Client;
  let axe: string;
  const messages: string[] = [];

  beforeAll(async () => {
    work = openWorkplace();
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(HOUR_BEGINS)}`;
    server = await work.serve({ REQUESTS_PER_SECOND: '0', INVITES_PER_HOUR: '150', MAIL: 'off', NODE_OPTIONS });
    browser = await launchBrowser(chromium);
    borrower = await signIn(server.url, EMAIL);
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    user = await openConsoleUser(browser, { url: server.url, email: EMAIL, name: 'Olga', viewport: { width: 1100, height: 800 } });
    page = user.page;
    page.on('console', (message) => void messages.push(message.text()));
    page.on('pageerror', ({ message }) => void messages.push(message));
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function openInvitePage(loan: object = {}): Promise<string> {
    const loanId = await borrower.postsLoan({ amount: 20_000, ...loan });
    await page.goto(`/app/loans/${loanId}/invite`);
    await page.getByRole('table').waitFor();
    return loanId;
  }

  const cell = (label: string, row: number) => page.getByLabel(`${label}, row ${row}`);
  const email = (row: number) => cell('E-mail', row);
  const focusedId = () => page.evaluate('document.activeElement?.id');
  const send = () => page.getByRole('button', { name: /^Invite/ });

  /** Not by the clipboard: the browser has one for all tests. */
  async function pasteInto(row: number, copied: string): Promise<void> {
    await email(row).focus();
    await page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(copied)});
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }`);
  }

  async function lendersOf(loanId: string): Promise<{ email: string; contribution_amount: number }[]> {
    return (await borrower.get(`/loans/${loanId}/lenders?limit=100`)).body.lenders;
  }

  /** @param rules of axe; all by default */
  async function violations(rules?: readonly string[]): Promise<unknown[]> {
    if (await page.evaluate('window.axe === undefined')) await page.evaluate(axe);
    const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
    const found: { id: string; nodes: { html: string; failureSummary?: string }[] }[] = await page.evaluate(
      `axe.run(${options}).then(({ violations }) => violations)`,
    );
    return found.map(({ id, nodes }) => [id, nodes.length, nodes[0]?.html, nodes[0]?.failureSummary]);
  }

  async function setTheme(colorScheme: 'dark' | 'light'): Promise<void> {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => page.evaluate(HAS_COLOURS(colorScheme)), WAIT).toBe(true);
    await page.evaluate(NEXT_FRAMES);
  }

  /** No axe violation in either theme, and nothing wider than a small phone. */
  async function expectAccessible(): Promise<void> {
    await setTheme('light');
    expect(await violations()).toEqual([]);
    const before = page.viewportSize();
    await page.setViewportSize(PHONE);
    await setTheme('dark');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
    expect(await violations(RULES_OF_APPEARANCE), 'dark, on a phone').toEqual([]);
    if (before) await page.setViewportSize(before);
  }

  /** On a small phone, where the bar with the sum covers a good part of the window. */
  async function expectFieldsAboveBar(): Promise<void> {
    const before = page.viewportSize();
    await page.setViewportSize(PHONE);
    await email(1).focus();
    const isAbove = `document.activeElement.getBoundingClientRect().bottom <= document.querySelector('.invite-bar').getBoundingClientRect().top`;
    for (let fields = 0; fields < 6; fields += 1) {
      await page.keyboard.press('Tab');
      await expect.poll(() => page.evaluate(isAbove), { message: `${await focusedId()}`, ...WAIT }).toBe(true);
    }
    if (before) await page.setViewportSize(before);
  }

  it('takes ten people from a spreadsheet with two mistakes, and invites them when these are fixed', async () => {
    const loanId = await openInvitePage();
    await pasteInto(1, TEN);
    await page.getByText('10 rows pasted. 2 to fix.', { exact: true }).first().waitFor();
    // accessibility.test.ts checks this state.
    await page.getByRole('button', { name: 'Go to the first one' }).click();
    await expect.poll(focusedId, WAIT).toBe(await email(2).getAttribute('id'));
    await page.keyboard.type('ben@example.com');
    await send().click();
    const amount = cell('Amount in USD', 4);
    await expect.poll(focusedId, WAIT).toBe(await amount.getAttribute('id')); // it is known once all was checked
    expect(await amount.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(`#${await amount.getAttribute('aria-describedby')}`).textContent()).toBe(
      'An amount can’t be negative.',
    );
    await page.keyboard.type('5');
    expect(withPlainSpaces(await page.locator('.invite-sum').innerText())).toContain('2,605.50 USD in all');
    await send().dblclick();
    await page.getByRole('heading', { name: '10 people are invited' }).waitFor();
    await expectAccessible();
    const lenders = await lendersOf(loanId);
    expect(lenders).toHaveLength(10);
    expect(lenders.find(({ email: address }) => address === 'ann@example.com')?.contribution_amount).toBe(1500.5);
  });

  it('is used by the keyboard alone, with one undo for a paste', async () => {
    const loanId = await openInvitePage();
    await email(1).focus();
    for (const key of [
      'kim@example.com',
      'Tab',
      'Kim',
      'Tab',
      '300',
      'Enter',
      'lea@example.com',
      'ArrowRight',
      'ArrowRight',
      '200',
    ]) {
      await (/^[A-Z]\w+[a-z]$/.test(key) && key !== 'Kim' ? page.keyboard.press(key) : page.keyboard.type(key));
    }
    await pasteInto(3, 'max@example.com\t50\nnoa@example.com\t60');
    expect(await email(4).inputValue()).toBe('noa@example.com');
    await page.keyboard.press('ControlOrMeta+z');
    expect([await email(3).inputValue(), await cell('Amount in USD', 2).inputValue()]).toEqual(['', '200.00']);
    await send().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '2 people are invited' }).waitFor();
    const invited = new Set((await lendersOf(loanId)).map(({ email: address }) => address));
    expect(invited).toEqual(new Set(['kim@example.com', 'lea@example.com']));
  });

  it('shows over-funding before it sends, and marks whom the server does not accept', async () => {
    const loanId = await openInvitePage({ amount: 1000 });
    await pasteInto(1, 'pia@example.com\t700\nrob@example.com\t400');
    expect(withPlainSpaces(await page.locator('.invite-bar').innerText())).toContain('100.00 USD more than is free');
    await send().click();
    await expect.poll(focusedId, WAIT).toBe('invite-sum');
    await expectAccessible();
    await expectFieldsAboveBar();
    await cell('Amount in USD', 1).fill('600');
    // Somebody else of the borrower's tabs is faster.
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: 'rob@example.com', contribution_amount: 5 }] });
    await cell('Amount in USD', 2).fill('300');
    await send().click();
    await page.getByText('Is invited to this loan already').first().waitFor();
    await expect.poll(focusedId, WAIT).toBe(await email(2).getAttribute('id'));
    await page.getByRole('button', { name: 'Remove row 2' }).click();
    await send().click();
    await page.getByRole('heading', { name: 'One person is invited' }).waitFor();
    expect(await lendersOf(loanId)).toHaveLength(2);
    expect(await page.getByText('the new one goes out after').count()).toBe(0);
  });

  it('says when the e-mail of somebody who is invited again goes out', async () => {
    const loanId = await borrower.postsLoan({ amount: 20_000 });
    const lender = { email: 'sam@example.com', contribution_amount: 50 };
    const { body } = await borrower.post(`/loans/${loanId}/lenders`, { lenders: [lender] });
    const path = `/loans/${loanId}/lenders/${body.lenders[0].lender_id}`;
    await call(server.url, borrower.token, 'DELETE', path);
    // The page has not shown this loan before, so no earlier response can be taken for this one.
    const read = page.waitForResponse(new RegExp(`/loans/${loanId}/lenders\\?limit=`));
    await page.goto(`/app/loans/${loanId}/invite`);
    await read;
    await email(1).fill('Sam@example.com');
    await cell('Amount in USD', 1).fill('70');
    await send().click();
    await page.getByRole('heading', { name: 'One person is invited' }).waitFor();
    await page
      .getByText(/If this person has got an e-mail about this loan today, the new one goes out after .*, 00:00 UTC/)
      .waitFor();
  });

  it('waits for the connection where there is none, and can be stopped', async () => {
    const loanId = await openInvitePage();
    await email(1).fill('tom@example.com');
    await cell('Amount in USD', 1).fill('70');
    await user.context.setOffline(true);
    await send().click();
    await page.getByRole('button', { name: 'Don’t send them' }).click();
    expect(await email(1).isEditable()).toBe(true);
    await send().click();
    await page.getByText('The invitations go out by themselves when the connection is back.').first().waitFor();
    expect(await lendersOf(loanId)).toEqual([]);
    await user.context.setOffline(false);
    await page.getByRole('heading', { name: 'One person is invited' }).waitFor();
    expect(await lendersOf(loanId)).toHaveLength(1);
    await page.reload();
    await page.getByRole('heading', { name: 'One person is invited' }).waitFor();
    await page.goto(`/app/loans/${loanId}`);
    await page.getByRole('link', { name: 'Invite people' }).click();
    await page.getByRole('heading', { name: 'Invite people' }).waitFor();
  });

  it('invites nobody twice after a lost response, a reload and the end of the session', async () => {
    const loanId = await openInvitePage();
    await pasteInto(1, Array.from({ length: 45 }, (_, index) => `p${index}@example.com\t10`).join('\n'));
    let requests = 0;
    const calls = `**/loans/${loanId}/lenders`;
    await page.route(calls, async (route) => {
      requests += 1;
      const response = await route.fetch();
      if (requests === 1) await route.fulfill({ response });
      else await route.abort('connectionreset').catch(() => {}); // the server has done it; the page may be gone
    });
    await send().click();
    await expect.poll(async () => (await lendersOf(loanId)).length, WAIT).toBe(40);
    await page.goto('about:blank');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await user.context.clearCookies();
    await page.goto(`/app/loans/${loanId}/invite`);
    await page.waitForURL(/\/app\/sign-in\?return_to=/);
    await signInLocally(page.context(), { email: EMAIL });
    await page.goto(`/app/loans/${loanId}/invite`);
    await page.getByRole('main').getByText('Not confirmed yet: 25').waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: '45 people are invited' }).waitFor();
    expect(await lendersOf(loanId)).toHaveLength(45);
  });

  it('checks a file, invites the people that it can, waits for the next hour, and is found again', async () => {
    const loanId = await borrower.postsLoan({ amount: 1_000_000 });
    await page.goto(`/app/loans/${loanId}/import`);
    const rows = Array.from(
      { length: 110 },
      (_, index) => `q${index}@example.com;${index === 7 ? '1,234' : '100,50'};Größe ${index}`,
    );
    const buffer = Buffer.from(`E-Mail;Betrag;Name\r\n${rows.join('\r\n')}\r\n`, 'latin1');
    await page.getByLabel('Choose a file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
    await page.getByRole('heading', { name: 'Columns of people.csv' }).waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Check all rows' }).click();
    await page.getByRole('heading', { name: 'Row by row' }).waitFor();
    await page.getByText('This could be 1,234.00, or 1 and a fraction.').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    expect(await textOf(await download)).toContain('Größe 109');
    await page.getByRole('button', { name: 'Correct the one row here' }).click();
    await expect.poll(() => cell('E-mail', 1).inputValue()).toBe('q7@example.com');
    await page.getByText('One row of the file is in the table now.').first().waitFor();
    expect(await page.getByText(/(was|were|is) invited/).count()).toBe(0);
    await page.goBack();
    await page.reload();
    await page.getByRole('button', { name: 'Invite 109 people, one row is left out' }).dblclick();
    await page.getByRole('main').getByText('The limit of invitations for this hour is reached').waitFor();
    await page.reload();
    await page.getByRole('main').getByText('The limit of invitations for this hour is reached').waitFor();
    await expectAccessible();
    expect((await borrower.get(`/loans/${loanId}`)).body.loan.lender_count).toBe(150 - 10 - 2 - 2 - 2 - 1 - 45);
  });

  it('has no error in the console', () => {
    expect(messages.filter((text) => !/ERR_CONNECTION_RESET|ERR_INTERNET_DISCONNECTED|status of 400/.test(text))).toEqual([]);
  });
});

async function textOf(download: Download): Promise<string> {
  return await text(await download.createReadStream());
}
