import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LOAN } from '../../server/src/testing/app/test-user.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, call, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser, resetPage, signInLocally } from './console-user.ts';
import { collectProblems } from './page-problems.ts';

/* Stories of several people with one server: each submit has one effect, text is shown as text, errors help, and the keyboard is enough. */

const chromium = inject('chromium');
const STORY_MS = 120_000;
const PHONE = { width: 320, height: 640 };
const NONE: readonly number[] = [];
const NEVER = /(?!)/;

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

  let first: ConsoleUser | undefined;
  /** What the story in the first page causes. */
  const expected = { statuses: NONE, messages: NEVER };

  /** As `open`, in the page of the tests before: for stories that need one browser. */
  async function reopen(email: string, causes: Partial<typeof expected> = {}): Promise<ConsoleUser> {
    if (first) {
      await resetPage(first.page);
      await signInLocally(first.context, { email });
    }
    Object.assign(expected, { statuses: NONE, messages: NEVER, ...causes });
    first ??= await open(email, { expected });
    return first;
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
      const { context, page, problems } = await reopen('dora@example.com', { statuses: [401] }); // after signing out
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
      await dialog.getByText('The reminder goes out after').first().waitFor(); // it is announced, too
      await dialog.getByLabel('Amount').fill('600');
      await dialog.getByRole('button', { name: 'Save the amount' }).dblclick();
      await dialog.getByText('The amount is now 600.00 USD.').first().waitFor();
      await dialog.getByRole('button', { name: 'Revoke the invitation' }).click();
      await dialog.getByRole('button', { name: 'Revoke it' }).dblclick();
      await page.getByRole('row').filter({ hasText: 'ANA' }).getByText('Revoked').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'End this loan' }).click();
      await dialog.getByRole('button', { name: 'Close the loan' }).dblclick();
      await dialog.getByText('The loan is closed at what was accepted').waitFor();
      await dialog.getByRole('button', { name: 'Close the loan' }).dblclick();
      await page.getByText('The loan was closed at 500.00 USD').waitFor();
      await page.getByLabel('Account of').click();
      await page.getByRole('button', { name: 'Add your name' }).click();
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
    });

    it('accepts once in two tabs, and answers nothing again by the back button or a reload', async () => {
      const api = await signIn(server.url, 'dora@example.com');
      const loanId = await api.postsLoan({ lenders: invited('cleo') });
      const { context, page, problems } = await reopen('cleo@example.com', { messages: /net::ERR_FAILED/ });
      const other = await context.newPage();
      const events = '**/events*';
      await context.route(events, (route) => route.abort()); // else one tab may show what the other did before it is pressed
      await page.goto('/');
      await page.getByRole('link', { name: 'dora@example.com' }).click();
      await other.goto(`/app/invitations/${loanId}`);
      const accept = { name: /^Accept [\d,.]+ [A-Z]{3}$/ };
      const buttons = await Promise.all([page, other].map((tab) => tab.getByRole('button', accept).elementHandle()));
      // Both at once: a tab that reads the invitation again after the other's press has no button any more.
      await Promise.all(buttons.map((button) => button?.dispatchEvent('click')));
      await Promise.all([page, other].map((tab) => tab.getByRole('heading', { name: 'You have accepted' }).waitFor()));
      await other.close();
      await context.unroute(events);

      const changes = changesOf(context);
      await page.goBack();
      await page.getByText('dora@example.com').first().waitFor();
      await page.goForward();
      await page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      expect(await page.getByRole('button', accept).count()).toBe(0);

      await page.getByRole('button', { name: 'Withdraw my acceptance' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).dblclick();
      await page.getByRole('heading', { name: 'You have withdrawn' }).waitFor();
      expect(changes).toEqual([`POST /invitations/${loanId}/decline`]);
      expect(await eventsOf(api, loanId)).toEqual(['loan.created', 'lender.invited', 'lender.accepted', 'lender.declined']);
      expect(problems).toEqual([]);
    });

    it('invites once from a tab and its duplicate, and nobody again by the back button', async () => {
      const { context, page, problems } = await reopen('dora@example.com');
      const api = await signIn(server.url, 'dora@example.com');
      const loanId = await api.postsLoan();
      await page.goto(`/app/loans/${loanId}`);
      await page.getByRole('link', { name: 'Invite people' }).first().click();
      await page.getByLabel('E-mail, row 1').fill('eva@example.com');
      await page.getByLabel('Amount in USD, row 1').fill('250');
      await page.getByLabel('Amount in USD, row 1').blur(); // shows it as it was read: in both tabs alike
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
    });
  });

  describe('text of others', () => {
    const TAGS = `<img src=x onerror="alert(1)">'&amp;</td><script>alert(2)</script>`;
    const BRACES = '{amount} {name} $1 %s 👩‍👩‍👧‍👦';
    const MARKS = ['Z', 'o', 'e']
      .map((letter) => letter + '\u0301'.repeat(25))
      .join('')
      .normalize();
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
      const { token } = (await call(server.url, undefined, 'POST', '/local/token', { email: 'mallory@example.com', name: TAGS }))
        .body;
      const names = [TAGS, BRACES, MARKS, RIGHT_TO_LEFT];
      const lenders = names.map((name, index) => ({ email: `lender${index}@example.com`, name, contribution_amount: 100 }));
      const { loan } = (await call(server.url, token, 'POST', '/loans', { ...LOAN, purpose: PURPOSE, lenders })).body;
      const loanId: string = loan.loan_id;
      const lender = await open('lender3@example.com', { name: RIGHT_TO_LEFT, viewport: PHONE });

      await page.goto('/');
      await expectShown(page, [PURPOSE, TAGS]); // the name is that of the account menu
      await page.goto(`/app/loans/${loanId}`);
      await page.getByRole('main').getByText('Up to date.').waitFor();
      await page.getByRole('row').filter({ hasText: RIGHT_TO_LEFT }).waitFor();
      await lender.page.goto(`/app/invitations/${loanId}`);
      await lender.page.getByRole('button', { name: 'Accept' }).click();
      await page.getByText(`${RIGHT_TO_LEFT}\u2069 agreed to lend 100.00 USD.`).first().waitFor();
      await expectShown(page, [PURPOSE, ...names]);
      const cells = page.locator('.lender-table').locator('td, th, [role=cell]');
      await page.locator('.lender-table').scrollIntoViewIfNeeded(); // rows far from the screen are not in the document
      for (const name of names) {
        await cells.locator('bdi', { hasText: name }).first().waitFor();
        expect(await cells.locator('bdi', { hasText: name }).count()).toBe(1);
      }
      await page.getByRole('button', { name: `Manage the invitation of ${TAGS}` }).click();
      await expectShown(page, [TAGS]);
      await page.keyboard.press('Escape');

      await lender.page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await lender.page.getByText(PURPOSE).first().waitFor(); // not folded
      await lender.page.getByText('All terms').click();
      await expectShown(lender.page, [TAGS, PURPOSE]);
      await lender.page.goto('/');
      await expectShown(lender.page, [TAGS, PURPOSE]);
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

  describe('errors', () => {
    it('shows the detail and the request id of an error, and no retry where it would not help', async () => {
      const { page, problems } = await reopen('nora@example.com', { statuses: [404] });
      await page.addInitScript(`navigator.clipboard.writeText = async (text) => { window.copied = text }`);
      const path = '/loans/01a202a0-d02c-78e5-940b-844f91530ecc';
      const responded = page.waitForResponse((response) => new URL(response.url()).pathname === path);
      await page.goto(`/app${path}`);
      const requestId = (await (await responded).headerValue('X-Request-Id')) ?? '';
      await page.getByRole('main').getByText('There is no such loan').waitFor();
      expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Copy the request id for support' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await page.evaluate('window.copied')).toBe(requestId);
      await page.evaluate(`navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))`);
      await page.getByRole('button', { name: 'Copied' }).click();
      await page.getByText(requestId).waitFor();
      expect(problems).toEqual([]);
    });

    it('says how long a limit holds, and keeps what was typed', async () => {
      const { page, problems } = await reopen('dora@example.com', { statuses: [429] });
      await page.goto('/app/loans/new'); // the borrower has posted as many as a day allows
      await page.getByLabel('How much do you need?').fill('100');
      await page.getByLabel('Interest a year').fill('1');
      await page.getByRole('button', { name: '1 year' }).click();
      await page.getByLabel('Your name').fill('Dora');
      await page.getByRole('button', { name: 'Create the loan' }).click();
      await page.getByText(/^You can try again in \d+/).waitFor();
      expect(await page.getByRole('button', { name: 'Try again' }).isDisabled()).toBe(true);
      expect(await page.getByLabel('How much do you need?').inputValue()).toBe('100');
      expect(problems).toEqual([]);
    });

    it('counts the seconds down before the next attempt, which then succeeds', async () => {
      const { page, problems } = await reopen('nora@example.com', { statuses: [503] });
      const loanId = await (await signIn(server.url, 'nora@example.com')).postsLoan();
      const problem = { error: 'SERVICE_UNAVAILABLE', message: 'Busy.', status: 503, retryable: true, retry_after: 45 };
      const response = {
        status: 503,
        headers: { 'Retry-After': '45' },
        contentType: 'application/json',
        body: JSON.stringify(problem),
      };
      await page.clock.install();
      await page.route(
        ({ pathname }) => pathname === `/loans/${loanId}`,
        (route) => route.fulfill(response),
        { times: 1 },
      );
      await page.goto(`/app/loans/${loanId}`);
      await page.getByText(/^You can try again in 4\d seconds/).waitFor();
      expect(await page.getByRole('button', { name: 'Try again' }).isDisabled()).toBe(true);
      await page.clock.fastForward(20_000);
      await page.getByText(/^You can try again in 2\d seconds/).waitFor();
      await page.clock.fastForward(30_000);
      await page.getByRole('heading', { name: 'Loan of 20,000.00 USD' }).waitFor();
      expect(problems).toEqual([]);
    });
  });

  describe('keyboard', () => {
    /** Presses Tab until a control has the focus. */
    async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string | RegExp): Promise<void> {
      const target = page.getByRole(role, { name, exact: typeof name === 'string' }).first();
      await target.waitFor();
      for (let presses = 0; presses < 60; presses += 1) {
        if ((await target.and(page.locator(':focus')).count()) === 1) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach the ${role} ${name}`);
    }

    async function press(page: Page, name: string | RegExp, role: 'button' | 'link' = 'button'): Promise<void> {
      await tabTo(page, role, name);
      await page.keyboard.press('Enter');
    }

    async function type(page: Page, name: string | RegExp, text: string): Promise<void> {
      await tabTo(page, 'textbox', name);
      await page.keyboard.type(text);
    }

    async function signsIn(page: Page, path: string, email: string): Promise<void> {
      await page.goto(path);
      await type(page, 'E-mail address', email);
      await page.keyboard.press('Enter');
    }

    it('is enough to sign in, create a loan, invite two people and accept', async () => {
      const context = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
      const problems = await collectProblems(context);
      const page = await context.newPage();
      await signsIn(page, '/', 'kay@example.com');
      await press(page, 'New loan', 'link');
      await type(page, 'How much do you need?', '1,000');
      await type(page, /Interest a year/, '2');
      await press(page, '1 year');
      await type(page, 'Your name', 'Kay');
      await press(page, 'Create the loan');
      await press(page, 'Invite people', 'link');
      await type(page, /^E-mail.*row 1$/, 'liv@example.com');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.type('300');
      await page.keyboard.press('Enter');
      await type(page, /^E-mail.*row 2$/, 'max@example.com');
      await type(page, /^Amount.*row 2$/, '200');
      await press(page, 'Invite 2 people');
      await page.getByRole('heading', { name: '2 people are invited' }).waitFor();
      await press(page, 'Back to the loan', 'link');
      await page.getByRole('main').getByText('Up to date.').waitFor();

      const other = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
      const lender = await other.newPage();
      await signsIn(lender, '/', 'liv@example.com');
      await press(lender, 'Kay', 'link');
      await press(lender, /^Accept 300\.00/);
      await lender.getByRole('heading', { name: 'You have accepted' }).waitFor();
      await page.getByRole('row').filter({ hasText: 'liv@example.com' }).getByText('Accepted').waitFor();
      expect(problems).toEqual([]);
      await Promise.all([context.close(), other.close()]);
    });
  });
});
