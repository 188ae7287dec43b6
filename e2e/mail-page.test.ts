import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from './http-client.ts';
import { BROWSER_START_MS, launchBrowser } from './launch-browser.ts';

/* The pages behind the links of the real program's mail, in a real browser. */

const chromium = inject('chromium');
const WAIT = { timeout: 20_000, interval: 50 };

describe.skipIf(chromium === undefined)('pages of mail links', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let borrower: Client;
  let loanId: string;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve();
    browser = await launchBrowser(chromium);
    borrower = await signIn(server.url, 'borrower@example.com');
    const lenders = ['ana', 'ben', 'chloe'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
    loanId = await borrower.postsLoan({ lenders });
    await vi.waitUntil(async () => (await mails()).length === 3, WAIT);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  async function mails() {
    const written = work.files('data/mail').filter((name) => name.endsWith('.eml'));
    const files = written.map((name) => work.path('data', 'mail', name));
    return Promise.all(files.map(async (file) => PostalMime.parse(await readFile(file))));
  }

  async function mailTo(address: string) {
    const mail = (await mails()).find(({ to }) => to?.[0]?.address === address);
    if (!mail) throw new Error(`no mail to ${address}`);
    return mail;
  }

  /** Opens a link in the mail to an address, and records console messages and errors. */
  async function open(address: string, link: RegExp): Promise<{ page: Page; consoleMessages: string[] }> {
    const [url = ''] = link.exec((await mailTo(address)).text ?? '') ?? [];
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    const consoleMessages: string[] = [];
    page.on('console', (message) => void consoleMessages.push(message.text()));
    page.on('pageerror', (error) => void consoleMessages.push(error.message));
    await page.goto(url);
    return { page, consoleMessages };
  }

  const statusOf = async (email: string) =>
    (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders.find((lender: { email: string }) => lender.email === email)
      .status;

  it('declines an invitation without an account, when the button is pressed', async () => {
    const { page, consoleMessages } = await open('ana@example.com', /http\S+\/invite\/\S+/);
    await page.getByRole('button', { name: 'Decline' }).waitFor();
    expect(await statusOf('ana@example.com')).toBe('pending');
    await page.getByRole('button', { name: 'Decline' }).click();
    await expect
      .poll(() => page.getByRole('status').textContent(), WAIT)
      .toMatch(/^Done. You have declined this invitation. You can still accept it/);
    expect(await statusOf('ana@example.com')).toBe('declined');
    expect(consoleMessages).toEqual([]);
  });

  it('opts an address out of all mail, and leaves its invitation pending', async () => {
    const { page, consoleMessages } = await open('ben@example.com', /http\S+\/mail\/opt-out#\S+/);
    await page.getByRole('button', { name: 'Never invite me again' }).click();
    await expect.poll(() => page.getByRole('status').textContent(), WAIT).toContain('no more e-mail to this address');
    expect(await statusOf('ben@example.com')).toBe('pending');
    expect(consoleMessages).toEqual([]);
    await (await signIn(server.url, 'other@example.org')).postsLoan({
      lenders: [{ email: 'ben@example.com', contribution_amount: 1 }],
    });
    const dropped = async () => (await (await fetch(`${server.url}/metrics`)).text()).includes('outcome="opted-out"} 1');
    await expect.poll(dropped, WAIT).toBe(true);
  });

  it('offers no action without the token of a mail', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/invite/${loanId}`);
    await page.getByText('This address is incomplete').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('opts out by one-click unsubscribe (RFC 8058)', async () => {
    const { headers } = await mailTo('chloe@example.com');
    const header = (name: string) => headers.find(({ key }) => key === name)?.value ?? '';
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = header('list-unsubscribe').replace(/[<>]/g, '');
    expect((await fetch(url)).status).toBe(200); // a GET changes nothing
    const { status } = await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    expect(status).toBe(200);
  });
});
