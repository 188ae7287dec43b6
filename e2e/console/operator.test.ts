import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openSqlite } from '../../server/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../server/src/storage/store.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser } from './console-user.ts';
import { createHold, OPERATOR } from './hold-scenes.ts';

/* An operator in a real browser, with the real server. Other operators call the API. */

const chromium = inject('chromium');
const OTHER = 'otto@example.com';
const HOLDS = '/app/operator/holds';
const MORE = 30;
/** A list that is in front is read again so often. */
const REFRESH_MS = 30_000;

describe.skipIf(chromium === undefined)('console of an operator', () => {
  let work: Workplace;
  let server: Served;
  let store: Store;
  let browser: Browser;
  let operator: ConsoleUser;
  let page: Page;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({
      MAIL: 'off',
      RISK: 'off',
      REQUESTS_PER_SECOND: '0',
      LOANS_PER_DAY: '1000',
      OPERATORS: `${OPERATOR.email}, ${OTHER}`,
    });
    store = openSqlite(work.path('data', 'lending.db'));
    browser = await launchBrowser(chromium);
    operator = await openConsoleUser(browser, { url: server.url, ...OPERATOR, expected: { statuses: [404, 409] } });
    page = operator.page;
  }, BROWSER_START_MS);

  afterAll(async () => {
    await store.close();
    await browser.close();
    await work.close();
  });

  /** Stores a hold on two invitations of a borrower. */
  const holds = (name: string, changes: Parameters<typeof createHold>[5] = {}) => {
    const lenders = ['ana', 'ben'].map((each) => ({ email: `${each}@example.com`, name: each, contribution_amount: 1500 }));
    const borrower = { email: `${name}@example.com`, name: name.toUpperCase() };
    return createHold(server.url, store, borrower, { purpose: `For ${name}` }, lenders, changes);
  };

  const opens = async (holdId: string) => {
    await page.goto(`${HOLDS}/${holdId}`);
    await page.getByRole('heading', { level: 1, name: '2 invitations by' }).waitFor();
  };

  const decides = async (holdId: string, decision: 'reject' | 'release') =>
    expect((await (await signIn(server.url, OTHER)).post(`/operator/holds/${holdId}/${decision}`)).status).toBe(200);

  const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });
  const dialog = () => page.getByRole('dialog');
  const focusedText = () => page.evaluate<string>('document.activeElement.textContent');

  it('shows others neither a link nor the page, and loads nothing of it for them', async () => {
    const holdId = await holds('hidden');
    const other = await openConsoleUser(browser, { url: server.url, email: 'hidden@example.com' });
    const files: string[] = [];
    other.context.on('request', (request) => void files.push(request.url()));
    for (const path of [HOLDS, `${HOLDS}/${holdId}`]) {
      await other.page.goto(path);
      await other.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    }
    await other.page.goto('/');
    await other.page.getByText('For hidden').waitFor();
    expect(await other.page.getByRole('link', { name: 'Suspicious invitations' }).count()).toBe(0);
    expect(files.filter((file) => /assets\/(?:hold|operator)|\/operator\/holds\?/.test(file))).toEqual([]);
    expect(files.filter((file) => file.includes('/assets/overview')).length).toBeGreaterThan(0);
    expect(other.problems).toEqual([]);
    await other.context.close();
  });

  it('lists what is to be decided, newest first, with the score and its strongest reason', async () => {
    await holds('early', { score: 0.38, isEnforced: false, reasons: [{ feature: 'nearDuplicates', contribution: 2 }] });
    await holds('late', { score: null, reasons: [{ feature: 'not-scored', contribution: 0 }] });
    await page.goto('/');
    await page.getByRole('link', { name: 'Suspicious invitations' }).click();
    await page.getByRole('heading', { level: 1, name: 'Suspicious invitations' }).waitFor();
    await row('LATE').waitFor();
    expect(await page.locator('.hold-item-link').allTextContents()).toEqual(['LATE', 'EARLY', 'HIDDEN']);
    const early = await row('EARLY').innerText();
    for (const part of ['2 invitations · 20,000.00 USD', 'For early', '38%', 'addresses that differ by a character', 'Noted'])
      expect(early.replaceAll('\u00a0', ' ').toLowerCase()).toContain(part.toLowerCase());
    expect(await row('LATE').innerText()).toContain('Not scored');
    await page.getByRole('link', { name: 'Noted' }).click();
    await row('LATE').waitFor({ state: 'detached' });
    await row('EARLY').waitFor();
    expect(await page.locator('.hold-item-link').allTextContents()).toEqual(['EARLY']);
    await page.getByRole('link', { name: 'Rejected' }).click();
    await page.getByText('Nothing has been rejected yet.').waitFor();
    await page.goBack();
    await row('EARLY').waitFor();
  });

  it('shows what a borrower has typed as text that leads nowhere', async () => {
    const borrower = { email: 'phish@example.com', name: 'Verify at https://evil.example' };
    const name = '<a href="https://evil.example">win</a>';
    const lenders = [{ email: 'ana@example.com', name, contribution_amount: 5 }];
    const purpose = 'Go to https://evil.example <img src=x onerror=alert(1)>';
    const holdId = await createHold(server.url, store, borrower, { purpose }, lenders);
    await page.goto(HOLDS);
    await page.getByText(purpose).waitFor();
    expect(await page.locator('a[href*="evil"], img').count()).toBe(0);
    await page.getByRole('link', { name: borrower.name }).click();
    await page.getByText(purpose).waitFor();
    await page.getByRole('cell', { name }).waitFor();
    expect(page.url()).toContain(holdId);
    expect(await page.locator('a[href*="evil"], img').count()).toBe(0);
  });

  it('releases by keyboard alone, says so, and lists it as released', async () => {
    const holdId = await holds('release');
    await opens(holdId);
    const open = page.getByRole('button', { name: 'Release …' });
    await open.focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('The e-mail to 2 people leaves now').waitFor();
    expect(await focusedText()).toBe('Release these invitations?');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(focusedText).toBe('Release …');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focusedText()).toBe('Go back'); // the safe button is first
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: 'Released' }).waitFor();
    await page.getByRole('status').getByText('Released.').waitFor({ state: 'attached' });
    await page.getByText('Decided by you on').waitFor();
    await expect.poll(focusedText).toBe('Released');
    await page.getByRole('link', { name: 'All suspicious invitations' }).click();
    await row('PHISH').or(row('Verify at')).waitFor();
    expect(await row('RELEASE').count()).toBe(0);
    await page.getByRole('link', { name: 'Released' }).click();
    await row('RELEASE').getByText('Released').waitFor();
  });

  it('rejects with plain words of what follows, in German too', async () => {
    const holdId = await holds('reject');
    await opens(holdId);
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('button', { name: 'Zurückweisen …' }).click();
    for (const text of ['Die Einladungen bleiben', 'nie gesendet', 'erfährt nichts davon', 'endgültig'])
      await dialog().getByText(text).waitFor();
    await dialog().getByRole('button', { name: 'Zurückweisen' }).dblclick();
    await page.getByRole('heading', { level: 2, name: 'Zurückgewiesen' }).waitFor();
    expect((await (await signIn(server.url, OTHER)).get(`/operator/holds/${holdId}`)).body.hold.status).toBe('rejected');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 2, name: 'Rejected' }).waitFor();
  });

  it('says of noted invitations that a decision is only a label', async () => {
    await opens(await holds('label', { isEnforced: false }));
    await page.getByText('so their e-mail leaves like any other').waitFor();
    await page.getByRole('button', { name: 'Reject …' }).click();
    await dialog().getByText('Their e-mail does not wait, so nothing else changes.').waitFor();
    await dialog().getByRole('button', { name: 'Reject' }).click();
    await page.getByText('the decision is a label').waitFor();
  });

  it('shows the decision of another operator who was first', async () => {
    const holdId = await holds('conflict');
    await opens(holdId);
    await page.getByRole('button', { name: 'Reject …' }).click();
    await decides(holdId, 'release');
    await dialog().getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('main').getByText('Somebody else has decided in the meantime.').waitFor();
    await page.getByRole('heading', { level: 2, name: 'Released' }).waitFor();
    await page.getByText('by the user').waitFor();
    expect(await dialog().count()).toBe(0);
    await expect.poll(focusedText).toBe('Released');
  });

  it('reads the list and the page again when they are looked at', async () => {
    const returns = () => page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`);
    const [first, second] = [await holds('seen-first'), await holds('seen-second')];
    await page.goto(HOLDS);
    await row('SEEN-FIRST').waitFor();
    await decides(first, 'reject');
    await returns();
    await row('SEEN-FIRST').waitFor({ state: 'detached', timeout: REFRESH_MS / 2 });
    await row('SEEN-SECOND').getByRole('link').click();
    const ask = page.getByRole('button', { name: 'Release …' });
    await ask.click();
    await decides(second, 'reject');
    await returns();
    await page.getByRole('heading', { level: 2, name: 'Rejected' }).waitFor();
    expect([await dialog().count(), await ask.count()]).toEqual([0, 0]);
  });

  it('loads more of a long list, and says what a wrong address is', async () => {
    const invitedAt = Date.now();
    for (let n = 0; n < MORE; n += 1) await holds(`many${n}`, { invitedAt: invitedAt + n });
    await page.goto(HOLDS);
    await row(`MANY${MORE - 1}`).waitFor();
    expect(await row('MANY0').count()).toBe(0);
    await page.getByRole('button', { name: 'More of them' }).click();
    await row('EARLY').waitFor();
    expect(await page.getByRole('button', { name: 'More of them' }).count()).toBe(0);
    await page.goto(`${HOLDS}/nothing`);
    await page.getByRole('main').getByText('There are no such invitations to decide on.').waitFor();
    expect(operator.problems).toEqual([]);
  });
});
