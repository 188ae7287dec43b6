import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser } from './console-user.ts';

/* Stories of several people with one server: each submit has one effect, text is shown as text, errors help, and the keyboard is enough. */

const chromium = inject('chromium');
const STORY_MS = 120_000;
const PHONE = { width: 320, height: 640 };

describe.skipIf(chromium === undefined)('stories of the console', { timeout: STORY_MS }, () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ MAIL: 'off', REQUESTS_PER_SECOND: '0', LOANS_PER_DAY: '3' });
    browser = await launchBrowser(chromium);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function open(email: string, options: Partial<Parameters<typeof openConsoleUser>[1]> = {}): Promise<ConsoleUser> {
    const user = await openConsoleUser(browser, { url: server.url, email, ...options });
    user.context.setDefaultTimeout(STORY_MS / 2);
    return user;
  }

  /** @returns the calls of its pages that change something, in order */
  function changesOf(context: BrowserContext): string[] {
    const changes: string[] = [];
    context.on('request', (request) => {
      if (request.method() !== 'GET') changes.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    return changes;
  }

  async function eventsOf(api: Client, loanId: string): Promise<string[]> {
    const { events } = (await api.get(`/loans/${loanId}/events?limit=100`)).body;
    return events.map(({ type }: { type: string }) => type);
  }

  const invited = (...names: string[]) =>
    names.map((name) => ({ email: `${name}@example.com`, contribution_amount: 500, name: name.toUpperCase() }));

  describe('one effect', () => {
    it('has one effect for a double click on each button that changes something', async () => {
      const { context, page, problems } = await open('dora@example.com');
      const api = await signIn(server.url, 'dora@example.com');
      const loanId = await api.postsLoan({ lenders: invited('ana', 'ben') });
      const lenderIds = new Map<string, string>(
        (await api.get(`/loans/${loanId}/lenders`)).body.lenders.map((row: { email: string; lender_id: string }) => [
          row.email,
          row.lender_id,
        ]),
      );
      const lenderPath = `/loans/${loanId}/lenders/${lenderIds.get('ana@example.com')}`;
      await (await signIn(server.url, 'ben@example.com')).post(`/invitations/${loanId}/accept`);
      await context.clearCookies();
      const changes = changesOf(context);

      await page.goto(`/app/loans/${loanId}`);
      await page.getByLabel('E-mail address').fill('dora@example.com');
      await page.getByRole('button', { name: 'Sign in', exact: true }).dblclick();
      await page.getByRole('button', { name: 'Manage the invitation of ANA' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Send a reminder' }).dblclick();
      await dialog.getByText('The reminder is on its way.').waitFor();
      await dialog.getByLabel('Amount').fill('600');
      await dialog.getByRole('button', { name: 'Save the amount' }).dblclick();
      await dialog.getByText('The amount is now 600.00 USD.').waitFor();
      await dialog.getByRole('button', { name: 'Revoke the invitation' }).click();
      await dialog.getByRole('button', { name: 'Revoke it' }).dblclick();
      await page.getByRole('row').filter({ hasText: 'ANA' }).getByText('Revoked').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'End this loan' }).click();
      await dialog.getByRole('button', { name: 'Close the loan' }).dblclick();
      await dialog.getByText('The loan is funded at what was accepted').waitFor();
      await dialog.getByRole('button', { name: 'Close the loan' }).dblclick();
      await page.getByText('The loan was closed at 500.00 USD').waitFor();
      await page.getByLabel('Account of').click();
      await page.getByRole('button', { name: 'Change your name' }).click();
      await dialog.getByLabel('Name').fill('Dora');
      await dialog.getByRole('button', { name: 'Save the name' }).dblclick();
      await page.getByLabel('Account of Dora').click();
      await page.getByRole('button', { name: 'Sign out', exact: true }).dblclick();
      await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();

      expect(changes).toEqual([
        'POST /local/token',
        `POST ${lenderPath}/reminders`,
        `PATCH ${lenderPath}`,
        `DELETE ${lenderPath}`,
        `POST /loans/${loanId}/close`,
        'PATCH /auth/me',
        'POST /auth/logout',
      ]);
      expect(problems).toEqual([]);
      await context.close();
    });

    it('accepts once in two tabs, and answers nothing again by the back button or a reload', async () => {
      const api = await signIn(server.url, 'dora@example.com');
      const loanId = await api.postsLoan({ lenders: invited('cleo') });
      const { context, page, problems } = await open('cleo@example.com');
      const other = await context.newPage();
      await page.goto('/');
      await page.getByRole('link', { name: 'dora@example.com' }).click();
      await other.goto(`/app/invitations/${loanId}`);
      const accept = { name: 'Accept', exact: true };
      await Promise.all([page, other].map((tab) => tab.getByRole('button', accept).click()));
      await Promise.all([page, other].map((tab) => tab.getByRole('heading', { name: 'You have accepted' }).waitFor()));
      await other.close();

      const changes = changesOf(context);
      await page.goBack();
      await page.getByText('dora@example.com').first().waitFor();
      await page.goForward();
      await page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      expect(await page.getByRole('button', accept).count()).toBe(0);

      await page.getByRole('button', { name: 'I changed my mind' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).dblclick();
      await page.getByRole('heading', { name: 'You have declined' }).waitFor();
      expect(changes).toEqual([`POST /invitations/${loanId}/decline`]);
      expect(await eventsOf(api, loanId)).toEqual(['loan.created', 'lender.invited', 'lender.accepted', 'lender.declined']);
      expect(problems).toEqual([]);
      await context.close();
    });

    it('invites once from a tab and its duplicate, and nobody again by the back button', async () => {
      const { context, page, problems } = await open('dora@example.com');
      const api = await signIn(server.url, 'dora@example.com');
      const loanId = await api.postsLoan();
      await page.goto(`/app/loans/${loanId}`);
      await page.getByRole('link', { name: 'Invite people' }).first().click();
      await page.getByLabel('E-mail, row 1').fill('eva@example.com');
      await page.getByLabel('Amount in USD, row 1').fill('250');
      const opened = context.waitForEvent('page');
      await page.evaluate('void window.open(location.href)'); // with a copy of sessionStorage, as "Duplicate" of a browser
      const duplicate = await opened;
      await duplicate.getByRole('button', { name: 'Invite one person' }).waitFor();
      expect(await duplicate.getByLabel('E-mail, row 1').inputValue()).toBe('eva@example.com');
      await Promise.all([page, duplicate].map((tab) => tab.getByRole('button', { name: 'Invite one person' }).click()));
      await Promise.all([page, duplicate].map((tab) => tab.getByRole('heading', { name: 'One person is invited' }).waitFor()));
      await duplicate.close();

      const changes = changesOf(context);
      await page.getByRole('link', { name: 'Back to the loan' }).click();
      await page.getByRole('row').filter({ hasText: 'eva@example.com' }).waitFor();
      await page.goBack();
      await page.getByRole('button', { name: 'Invite', exact: true }).waitFor();
      expect(await page.getByLabel('E-mail, row 1').inputValue()).toBe('');
      expect(changes).toEqual([]);
      expect(await eventsOf(api, loanId)).toEqual(['loan.created', 'lender.invited']);
      expect(problems).toEqual([]);
      await context.close();
    });
  });

  describe('text of others', () => {
    const TAGS = `<img src=x onerror="alert(1)">'&amp;</td><script>alert(2)</script>`;
    const BRACES = '{amount} {name} $1 %s 👩‍👩‍👧‍👦';
    const MARKS = `Zoë${'\u0301'.repeat(77)}`;
    const RIGHT_TO_LEFT = 'דינה (כהן) 🏡';
    const PURPOSE = `"><svg onload=alert(4)> ${RIGHT_TO_LEFT} {amount} ${'x'.repeat(200)}`;

    /** The page has the text as it is, nothing of it has become an element, and nothing is wider than a small phone. */
    async function expectShown(page: Page, texts: readonly string[]): Promise<void> {
      for (const text of texts) await page.getByText(text, { exact: false }).first().waitFor({ state: 'attached' });
      expect(await page.evaluate('document.querySelectorAll("img, svg[onload], main script").length')).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
    }

    it('shows names and purposes of any script as text, wherever they appear', async () => {
      const borrower = await open('mallory@example.com', { name: TAGS, viewport: PHONE });
      const { page } = borrower;
      const api = await signIn(server.url, 'mallory@example.com');
      const names = [TAGS, BRACES, MARKS, RIGHT_TO_LEFT];
      const lenders = names.map((name, index) => ({ email: `lender${index}@example.com`, name, contribution_amount: 100 }));
      const loanId = await api.postsLoan({ purpose: PURPOSE, lenders });
      const lender = await open('lender3@example.com', { name: RIGHT_TO_LEFT, viewport: PHONE });

      await page.goto('/');
      await expectShown(page, [PURPOSE, TAGS]); // the name is that of the account menu
      await page.goto(`/app/loans/${loanId}`);
      await page.getByText('Up to date.').waitFor();
      await page.getByRole('row').filter({ hasText: RIGHT_TO_LEFT }).waitFor();
      await lender.page.goto(`/app/invitations/${loanId}`);
      await lender.page.getByRole('button', { name: 'Accept' }).click();
      await page.getByText(`${RIGHT_TO_LEFT}\u2069 accepted to lend 100.00 USD.`).first().waitFor();
      await expectShown(page, [PURPOSE, ...names]);
      for (const name of names) expect(await page.locator('td, th, [role=cell]').locator('bdi', { hasText: name }).count()).toBe(1);
      await page.getByRole('button', { name: `Manage the invitation of ${TAGS}` }).click();
      await expectShown(page, [TAGS]);
      await page.keyboard.press('Escape');

      await lender.page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await lender.page.getByText('All terms').click();
      await expectShown(lender.page, [TAGS, PURPOSE]);
      await lender.page.goto('/');
      await expectShown(lender.page, [TAGS]);
      await lender.page.goto(`/app/loans/${loanId}`);
      await expectShown(lender.page, [PURPOSE, RIGHT_TO_LEFT]);

      await page.goto(`/app/loans/${loanId}/invite`);
      for (const [index, name] of [TAGS, 'evil\u202etxt.exe'].entries()) {
        await page.getByLabel(`E-mail, row ${index + 1}`).fill(`other${index}@example.com`);
        await page.getByLabel(`Name (optional), row ${index + 1}`).fill(name);
        await page.getByLabel(`Amount in USD, row ${index + 1}`).fill('10');
      }
      await page.getByRole('button', { name: 'Invite 2 people' }).click();
      await page.getByText('The name has characters that can’t be shown.').waitFor(); // marks that change the direction of what follows
      await expectShown(page, []);
      expect([...borrower.problems, ...lender.problems]).toEqual([]);
      await Promise.all([borrower.context.close(), lender.context.close()]);
    });
  });
});
