import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startMailServer } from '../../server/src/testing/mail/smtp-server.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { freePort } from '../free-port.ts';
import { call } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { resetPage } from './console-user.ts';
import { collectProblems } from './page-problems.ts';

/* Signing in by the code of a real mail, and answering an invitation, with nothing set but SMTP_URL and PUBLIC_URL. */

const chromium = inject('chromium');
const WAIT = { timeout: 30_000, interval: 50 };
const STORY_MS = 120_000;
const COPIED_FROM_A_SPREADSHEET = [
  'E-mail\tName\tAmount',
  'ann@example.net\tAnn\t1,500.50',
  'ben@example\tBen\t250', // a mistake
  'chloe@example.net\tChloe\tmuch', // another one
  ...['dan', 'eve', 'fay', 'gus', 'hal', 'ivy', 'jon'].map((name) => `${name}@example.net\t${name}\t100`),
].join('\n');

describe.skipIf(chromium === undefined)('the console with sign-in by e-mail', () => {
  let work: Workplace;
  let mail: Awaited<ReturnType<typeof startMailServer>>;
  let server: Served;
  let browser: Browser;
  let token: string;

  beforeAll(async () => {
    [work, mail] = [openWorkplace(), await startMailServer()];
    const port = await freePort();
    server = await work.serve({
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
      MAIL_FROM: 'Private Lending <post@lending.example.org>',
      REQUESTS_PER_SECOND: '0',
    });
    browser = await launchBrowser(chromium);
    token = await tokenOf('maria@example.org', 'Maria Körner');
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
    await mail.close();
  });

  const textsTo = (address: string) => mail.delivered.filter(({ to }) => to.includes(address)).map((each) => each.mail.text ?? '');

  /** Waits for the mail with a code after the first `seen` mails. @returns its link and code */
  async function codeMail(address: string, seen = 0): Promise<{ link: string; code: string }> {
    return vi.waitFor(() => {
      const [link, code] = /http\S+\/app\/sign-in#\S+&code=(\d{8})/.exec(textsTo(address).slice(seen).join('\n')) ?? [];
      if (link === undefined || code === undefined) throw new Error(`no code was sent to ${address}`);
      return { link, code };
    }, WAIT);
  }

  /** Signs a program in. */
  async function tokenOf(email: string, name?: string): Promise<string> {
    const { challenge } = (await call(server.url, undefined, 'POST', '/auth/email', { email })).body;
    const { code } = await codeMail(email);
    return (await call(server.url, undefined, 'POST', '/auth/email/verify', { challenge, code, name })).body.token;
  }

  async function postsLoan(email: string): Promise<{ loanId: string; lenderPath: string; inviteLink: string }> {
    const lenders = [{ email, contribution_amount: 5000 }];
    const loan = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, lenders };
    const { body } = await call(server.url, token, 'POST', '/loans', loan);
    const loanId: string = body.loan.loan_id;
    const inviteLink = await inviteLinkTo(email);
    return { loanId, lenderPath: `/loans/${loanId}/lenders/${body.lenders[0].lender_id}`, inviteLink };
  }

  async function inviteLinkTo(email: string): Promise<string> {
    return vi.waitFor(() => {
      const [link] = /http\S+\/invite\/\S+/.exec(textsTo(email).join('\n')) ?? [];
      if (link === undefined) throw new Error(`no invitation was sent to ${email}`);
      return link;
    }, WAIT);
  }

  const statusOf = async (loanId: string) =>
    (await call(server.url, token, 'GET', `/loans/${loanId}/lenders`)).body.lenders[0].status;

  async function newContext(): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL: server.url, viewport: { width: 390, height: 844 }, locale: 'en-GB' });
    context.setDefaultTimeout(WAIT.timeout);
    return context;
  }

  let shared: Page | undefined;

  /** The page of the tests before, as that of a new browser. */
  async function openPage(): Promise<Page> {
    shared ??= await (await newContext()).newPage();
    await resetPage(shared);
    return shared;
  }

  async function requestCode(page: Page, email: string): Promise<void> {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByLabel('Code of 8 digits').waitFor();
  }

  it(
    'signs in by a code that is pasted as people write it, after a wrong one, and shows the page that was wanted',
    async () => {
      const page = await openPage();
      await page.goto(`${server.url}/app/loans/new`);
      await requestCode(page, 'ana@example.com');
      const { code } = await codeMail('ana@example.com');
      const field = page.getByLabel('Code of 8 digits');
      expect(await field.evaluate('document.activeElement.name')).toBe('code');
      await field.fill(code === '00000000' ? '00000001' : '00000000');
      await page.getByRole('main').getByText('You have 4 more tries.').waitFor();
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      await page.reload(); // the challenge is kept
      await field.fill(` ${code.slice(0, 4)}-${code.slice(4)}\n`);
      await page.waitForURL(`${server.url}/app/loans/new`);
      expect((await page.context().cookies()).map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([[true, 'Strict']]);
      expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain(code);
    },
    STORY_MS,
  );

  it(
    'says in words that a code is needed, that it is incomplete, and after five tries that it has ended',
    async () => {
      const page = await openPage();
      await page.goto(`${server.url}/app/sign-in`);
      await page.getByRole('button', { name: 'Send me a code' }).click();
      await page.getByText('Enter a whole address').waitFor();
      expect(await page.evaluate('document.activeElement.name')).toBe('email');
      await requestCode(page, 'bob@example.com');
      const { code, link } = await codeMail('bob@example.com');
      await page.getByLabel('Code of 8 digits').fill('123');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText('The code has 8 digits.').waitFor();
      const sent: string[] = [];
      page.on('request', (request) => request.url().endsWith('/auth/email/verify') && sent.push(request.postDataJSON().code));
      const wrong = [1, 2, 3, 4, 5].map((difference) => String((Number(code) + difference) % 100_000_000).padStart(8, '0'));
      for (const [index, each] of wrong.entries()) {
        await page.getByLabel('Code of 8 digits').fill(each);
        await page
          .getByRole('main')
          .getByText(['4 more tries', '3 more tries', '2 more tries', 'one more try', 'it was the last try'][index] ?? '')
          .waitFor();
        await page.getByLabel('Code of 8 digits').press('Enter'); // it was sent by itself, and is not sent again
      }
      expect(sent).toEqual(wrong);
      await page.getByRole('button', { name: 'Send a new code' }).click();
      const newCode = await codeMail('bob@example.com', 1);
      await page.getByText('A new code is on its way').first().waitFor();
      const tab = await page.context().newPage();
      await tab.goto(link);
      await tab.getByRole('main').getByText('The link that you opened is from an older e-mail').waitFor();
      expect(await tab.getByLabel('Code of 8 digits').inputValue()).toBe('');
      await tab.goto(newCode.link);
      await tab.getByText('The code from your e-mail is filled in').waitFor();
      expect(await tab.getByLabel('Code of 8 digits').inputValue()).toBe(newCode.code);
      await page.getByLabel('Code of 8 digits').fill(newCode.code);
      await page.waitForURL(`${server.url}/`);
      await tab.close();
    },
    STORY_MS,
  );

  it(
    'leads from the link of an invitation through the link of a code to the answer, which is one tap',
    async () => {
      const { loanId, lenderPath, inviteLink } = await postsLoan('chloe@example.com');
      const first = await openPage();
      await first.goto(inviteLink);
      await first.getByRole('link', { name: 'Sign in to see the invitation' }).click();
      await requestCode(first, 'chloe@example.com');
      const { link } = await codeMail('chloe@example.com', 1);

      const elsewhere = await (await newContext()).newPage();
      await elsewhere.goto(link);
      await elsewhere.getByRole('heading', { name: 'This link belongs to another browser' }).waitFor();
      await elsewhere.getByRole('button', { name: 'Sign in here with a new code' }).click();
      await requestCode(elsewhere, 'chloe@example.com');
      expect(await elsewhere.getByLabel('Code of 8 digits').inputValue()).toBe(''); // the old code is not that of the new mail
      await elsewhere.context().close();

      const page = await first.context().newPage();
      const calls: string[] = [];
      page.on('request', (request) => request.method() !== 'GET' && calls.push(new URL(request.url()).pathname));
      await page.goto(link);
      await page.getByRole('heading', { name: 'Sign in as chloe@example.com?' }).waitFor();
      expect([page.url(), calls]).toEqual([`${server.url}/app/sign-in`, []]);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: 'Maria Körner asks you to lend 5,000.00 USD' }).waitFor();
      expect(page.url()).toBe(`${server.url}/app/invitations/${loanId}`);
      await first.getByRole('heading', { name: 'You are signed in' }).waitFor();
      await page.getByText('You get back 148.73 USD a month for 36 months: 5,354.45 USD in all').waitFor();

      await call(server.url, token, 'PATCH', lenderPath, { contribution_amount: 2500 });
      await page.getByRole('heading', { name: 'Maria Körner asks you to lend 2,500.00 USD' }).waitFor();
      const changeFirst = async () => call(server.url, token, 'PATCH', lenderPath, { contribution_amount: 2000 });
      await page.route('**/accept', (route) => changeFirst().then(() => route.continue()), { times: 1 });
      await page.getByRole('button', { name: 'Accept' }).click();
      await page.getByRole('main').getByText('Nothing is agreed yet: Maria Körner has just changed the amount.').waitFor();
      await page.getByRole('heading', { name: 'Maria Körner asks you to lend 2,000.00 USD' }).waitFor();
      await page
        .getByRole('main')
        .getByText(/The amount has changed from [\d,.]+\sUSD to 2,000\.00\sUSD\./)
        .first()
        .waitFor();
      expect(await statusOf(loanId)).toBe('pending');
      const accepted = page.getByRole('heading', { name: 'You have accepted' });
      await vi.waitUntil(async () => {
        // In its first second, a press is not about the new amount.
        await page
          .getByRole('button', { name: 'Accept 2,000.00 USD' })
          .dblclick({ timeout: 1000 })
          .catch(() => {});
        return accepted.isVisible();
      }, WAIT);
      await accepted.and(page.locator(':focus')).waitFor();
      expect(await statusOf(loanId)).toBe('accepted');
      await page.getByText('You agreed to lend 2,000.00 USD').waitFor();

      await page.getByRole('button', { name: 'Withdraw my acceptance' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
      await page.getByRole('heading', { name: 'You have withdrawn' }).waitFor();
      expect(await statusOf(loanId)).toBe('declined');
      await page.close();
    },
    STORY_MS,
  );

  it(
    'says which address is signed in where it has no invitation, and lets another one sign in',
    async () => {
      const { loanId, inviteLink } = await postsLoan('dora@example.com');
      const page = await openPage();
      await page.goto(`${server.url}/app/sign-in`);
      await requestCode(page, 'zoe@example.com');
      await page.getByLabel('Code of 8 digits').fill((await codeMail('zoe@example.com')).code);
      await page.waitForURL(`${server.url}/`);
      await page.goto(inviteLink);
      await page.getByText('You are signed in as zoe@example.com, and there is no invitation for this address').waitFor();
      const words = await page.getByRole('main').innerText();
      await page.getByRole('button', { name: 'Decline', exact: true }).waitFor(); // by the token of the link, which needs no account
      await page.goto(`${server.url}/app/invitations/01a202a0-d02c-78e5-940b-844f91530ecc`);
      await page.getByText('You are signed in as zoe@example.com').waitFor();
      expect(words.startsWith(await page.getByRole('main').innerText())).toBe(true); // a loan that exists reads the same
      await page.goto(`${server.url}/app/invitations/${loanId}`);
      await page.getByRole('button', { name: 'Sign in with another address' }).click();
      await requestCode(page, 'dora@example.com');
      await page.getByLabel('Code of 8 digits').fill((await codeMail('dora@example.com', 1)).code);
      await page.getByRole('heading', { name: 'Maria Körner asks you to lend 5,000.00 USD' }).waitFor();
    },
    STORY_MS,
  );

  it(
    'is all that a loan needs: posted, ten people pasted with two mistakes, invited, and accepted from the mail, in two languages',
    async () => {
      const context = await newContext();
      const problems = await collectProblems(context);
      const page = await context.newPage();
      await page.goto(server.url);
      await requestCode(page, 'olga@example.com');
      await page.getByLabel('Code of 8 digits').fill((await codeMail('olga@example.com')).code);
      await page.getByRole('link', { name: 'New loan' }).click();
      await page.getByLabel('How much do you need?').fill('5,000');
      await page.getByLabel('Interest a year').fill('2');
      await page.getByRole('button', { name: '1 year' }).click();
      await page.getByLabel('Your name').fill('Olga Moreno');
      await page.getByRole('button', { name: 'Create the loan' }).click();
      await page.getByLabel('Account of Olga Moreno').waitFor();
      await page.getByRole('link', { name: 'Invite people' }).first().click();
      await page.getByLabel('E-mail, row 1').focus();
      await page.evaluate(`{
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', ${JSON.stringify(COPIED_FROM_A_SPREADSHEET)});
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }`);
      await page.getByText('10 rows pasted. 2 to fix.').first().waitFor();
      await page.getByRole('button', { name: 'Go to the first one' }).click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('ben@example.net');
      await page.getByRole('button', { name: 'Invite 10 people' }).click(); // it leads to the other one
      await expect.poll(() => page.evaluate('document.activeElement.value'), WAIT).toBe('much');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('250');
      await page.getByRole('button', { name: 'Invite 10 people' }).click();
      await page.getByRole('heading', { name: '10 people are invited' }).waitFor();
      await page.getByRole('link', { name: 'Back to the loan' }).click();
      const row = page.getByRole('row').filter({ hasText: 'ivy@example.net' });
      await row.getByText('Waiting').waitFor();
      await page.getByRole('button', { name: 'Deutsch' }).click();
      await row.getByText('Wartet').waitFor();

      const others = await newContext();
      const lender = await others.newPage();
      await lender.goto(await inviteLinkTo('ivy@example.net'));
      await lender.getByRole('link', { name: 'Sign in to see the invitation' }).click();
      await requestCode(lender, 'ivy@example.net');
      await lender.getByLabel('Code of 8 digits').fill((await codeMail('ivy@example.net', 1)).code);
      await lender.getByRole('heading', { name: 'asks you to lend 100.00 GBP' }).waitFor();
      await lender.getByRole('button', { name: 'Accept' }).click();
      await row.getByText('Angenommen').waitFor();
      const mails = () => textsTo('olga@example.com').join('\n');
      await expect.poll(mails, WAIT).toContain('hat zugesagt, Ihnen 100,00 GBP zu leihen'); // as the page was in German
      expect(problems).toEqual([]);
      await Promise.all([context.close(), others.close()]);
    },
    STORY_MS,
  );
});
