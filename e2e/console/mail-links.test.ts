import { readFile } from 'node:fs/promises';
import type { Browser, Page, Request } from 'playwright-core';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, call, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { resetPage } from './console-user.ts';
import { pressEverything } from './mail-scanner.ts';

/* The pages behind the links of the real program's mail, in a real browser, for people and for programs that check mail. */

const chromium = inject('chromium');
const WAIT = { timeout: 30_000, interval: 50 };
const STORY_MS = 120_000;
const INVITATION = /http\S+\/invite\/\S+/;
const OPT_OUT = /http\S+\/mail\/opt-out#\S+/;

describe.skipIf(chromium === undefined)('pages of mail links', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let page: Page;
  let consoleMessages: string[] = [];
  let borrower: Client;
  let loanId: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({ REQUESTS_PER_SECOND: '0' });
    browser = await launchBrowser(chromium);
    page = await browser.newPage({ baseURL: server.url, viewport: { width: 360, height: 740 }, locale: 'en-GB' });
    page.setDefaultTimeout(WAIT.timeout);
    page.on('console', (message) => void consoleMessages.push(message.text()));
    page.on('pageerror', (error) => void consoleMessages.push(error.message));
    borrower = await signIn(server.url, 'borrower@example.com');
    const lenders = ['ana', 'ben', 'chloe', 'dora', 'emil', 'fay'].map((name) => ({
      email: `${name}@example.com`,
      contribution_amount: 2000,
    }));
    loanId = await borrower.postsLoan({ lenders });
    await vi.waitUntil(async () => (await mails()).length === lenders.length, WAIT);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function mails() {
    const files = work
      .files('data/mail')
      .filter((name) => name.endsWith('.eml'))
      .map((name) => work.path('data', 'mail', name));
    return Promise.all(files.map(async (file) => PostalMime.parse(await readFile(file))));
  }

  async function mailsTo(address: string) {
    return (await mails()).filter(({ to }) => to?.[0]?.address === address);
  }

  async function linkTo(address: string, link: RegExp): Promise<string> {
    const [mail] = await mailsTo(address);
    const [url] = link.exec(mail?.text ?? '') ?? [];
    if (url === undefined) throw new Error(`no such link in a mail to ${address}`);
    return url;
  }

  /** Opens an address as in a new browser, and records console messages and errors. */
  async function open(url: string): Promise<void> {
    await resetPage(page);
    consoleMessages = [];
    await page.goto(url);
  }

  /** Opens a link as a program that checks mail. @returns what it pressed, and the calls that change something */
  async function scan(link: string, options: Parameters<typeof pressEverything>[1]) {
    await open(link);
    const calls: string[] = [];
    const record = (request: Request) => request.method() !== 'GET' && calls.push(new URL(request.url()).pathname);
    page.on('request', record);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const pressed = await pressEverything(page, options);
    await resetPage(page);
    page.off('request', record);
    return { pressed, calls };
  }

  const statusOf = async (email: string) =>
    (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders.find((lender: { email: string }) => lender.email === email)
      .status;

  async function press(name: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click();
  }

  /** In the dialog, after its box was ticked. */
  async function confirm(name: string): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name, exact: true }).click();
  }

  async function signInLocally(email: string): Promise<void> {
    await page.getByLabel('E-mail address').fill(email);
    await press('Sign in');
  }

  it('declines an invitation without an account, after a tick and a press, and not by opening the link', async () => {
    await open(await linkTo('ana@example.com', INVITATION));
    await press('Decline');
    await page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click();
    await page.getByText('Tick the box first').waitFor();
    expect(await page.getByRole('checkbox').evaluate('document.activeElement.type')).toBe('checkbox');
    expect(await statusOf('ana@example.com')).toBe('pending');
    await confirm('Decline');
    await page.getByText('Declined. You can undo it').first().waitFor();
    expect(await statusOf('ana@example.com')).toBe('declined');
    await page.reload();
    await page.getByRole('heading', { name: 'You have declined' }).waitFor();
    await page.getByText('Declined. You can undo it').first().waitFor();
    expect(await page.getByRole('button', { name: 'Decline', exact: true }).count()).toBe(0);
    expect(consoleMessages).toEqual([]);
  });

  it('takes the token of the link out of the address and the history, and keeps it over a reload', async () => {
    const link = await linkTo('chloe@example.com', INVITATION);
    await open('about:blank');
    await page.goto(link);
    await page.getByRole('button', { name: 'Decline' }).waitFor();
    expect(page.url()).toBe(link.split('#')[0]);
    await page.reload();
    await page.getByRole('button', { name: 'Decline' }).waitFor();
    await page.goBack();
    expect(page.url()).toBe('about:blank');
  });

  it(
    'opts an address out of all mail, and leaves its invitation pending',
    async () => {
      await open(await linkTo('ben@example.com', OPT_OUT));
      await press('Stop all e-mail to me');
      await confirm('Stop all e-mail to me');
      await page.getByText('We send no more e-mail to this address').first().waitFor();
      expect(await statusOf('ben@example.com')).toBe('pending');
      expect(consoleMessages).toEqual([]);
      await (await signIn(server.url, 'other@example.org')).postsLoan({
        lenders: [{ email: 'ben@example.com', contribution_amount: 1 }],
      });
      const dropped = async () => (await (await fetch(`${server.url}/metrics`)).text()).includes('outcome="opted-out"} 1');
      await expect.poll(dropped, WAIT).toBe(true);

      await page.getByRole('link', { name: 'Sign in to undo it' }).click();
      await signInLocally('ben@example.com');
      await page.getByRole('main').getByText('Done. We send no more e-mail to this address').waitFor();
      expect(await page.getByRole('link', { name: 'Sign in to undo it' }).count()).toBe(0);
      await press('Send me e-mail again');
      await page.getByText('We send e-mail to ben@example.com again').first().waitFor();
      await page.getByRole('main').getByText('We send no more e-mail to this address').waitFor({ state: 'detached' });
      await (await signIn(server.url, 'third@example.org')).postsLoan({
        lenders: [{ email: 'ben@example.com', contribution_amount: 1 }],
      });
      await vi.waitUntil(async () => (await mailsTo('ben@example.com')).length === 2, WAIT);
    },
    STORY_MS,
  );

  it('offers no action without the token of a mail', async () => {
    await open(`${server.url}/invite/${loanId}`);
    await page.getByText('The address of this page is incomplete').waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
  });

  it('says that an invitation has ended that is revoked while its page is open, and from then on', async () => {
    await open(await linkTo('fay@example.com', INVITATION));
    await press('Decline');
    const { lenders } = (await borrower.get(`/loans/${loanId}/lenders`)).body;
    const { lender_id: id } = lenders.find(({ email }: { email: string }) => email === 'fay@example.com');
    await call(server.url, borrower.token, 'DELETE', `/loans/${loanId}/lenders/${id}`);
    await confirm('Decline');
    for (const reload of [false, true]) {
      if (reload) await page.reload();
      await page.getByRole('heading', { name: 'This invitation has ended' }).waitFor();
      await page.getByRole('button', { name: 'Decline', exact: true }).waitFor({ state: 'detached' });
      expect(await page.getByRole('dialog').count()).toBe(0);
    }
    await page.getByRole('link', { name: 'Sign in to see the invitation' }).waitFor();
    expect(consoleMessages).toEqual([expect.stringContaining('409')]); // of the browser
  });

  it('opts out by one-click unsubscribe (RFC 8058)', async () => {
    const [mail] = await mailsTo('chloe@example.com');
    const header = (name: string) => mail?.headers.find(({ key }) => key === name)?.value ?? '';
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = header('list-unsubscribe').replace(/[<>]/g, '');
    expect((await fetch(url)).status).toBe(200); // a GET changes nothing
    const { status } = await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    expect(status).toBe(200);
  });

  it(
    'changes nothing for a program that opens every link of a mail and presses every button',
    async () => {
      const [mail] = await mailsTo('dora@example.com');
      const links = [...new Set(mail?.text?.match(/https?:\/\/\S+/g))];
      expect(links.length).toBeGreaterThan(1);
      for (const link of links) {
        const { pressed, calls } = await scan(link, { ticksBoxes: false });
        if (INVITATION.test(link)) expect(pressed).toEqual(expect.arrayContaining(['Decline', 'Stop all e-mail to me']));
        expect(calls.filter((path) => path !== '/mail/invitation')).toEqual([]); // it only reads
      }
      expect(await statusOf('dora@example.com')).toBe('pending');
    },
    STORY_MS,
  );

  it(
    'lets the invited person accept after a program has ticked every box and pressed every button',
    async () => {
      const [invitation, optOut] = [await linkTo('emil@example.com', INVITATION), await linkTo('emil@example.com', OPT_OUT)];
      expect((await scan(invitation, { ticksBoxes: true })).calls).toContain('/mail/decline');
      expect((await scan(optOut, { ticksBoxes: true })).calls).toContain('/mail/opt-out');
      expect(await statusOf('emil@example.com')).toBe('declined');

      await open(invitation);
      await page.getByRole('link', { name: 'Sign in to undo it' }).click();
      await signInLocally('emil@example.com');
      await page.getByRole('heading', { name: 'Declined by the link of the e-mail' }).waitFor();
      await press('Accept 2,000.00 USD after all');
      await page.getByRole('heading', { name: 'You have accepted' }).waitFor();
      expect(await statusOf('emil@example.com')).toBe('accepted');
      expect(consoleMessages).toEqual([]);

      // Accepting has also undone the opt-out.
      await (await signIn(server.url, 'fourth@example.org')).postsLoan({
        lenders: [{ email: 'emil@example.com', contribution_amount: 1 }],
      });
      await vi.waitUntil(async () => (await mailsTo('emil@example.com')).length === 2, WAIT);
    },
    STORY_MS,
  );
});
