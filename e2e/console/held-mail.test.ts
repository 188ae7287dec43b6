import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type Client, signIn } from '../http-client.ts';
import { BROWSER_START_MS, launchBrowser } from '../launch-browser.ts';
import { type ConsoleUser, openConsoleUser } from './console-user.ts';
import { OPERATOR } from './hold-scenes.ts';

/* Mail that waits for an operator, who decides in a real browser on the real program. Any score is high here. */

const chromium = inject('chromium');
const WAIT = { timeout: 30_000, interval: 50 };

describe.skipIf(chromium === undefined)('held mail, in the console', () => {
  let work: Workplace;
  let server: Served;
  let browser: Browser;
  let operator: ConsoleUser;
  let operatorApi: Client;

  beforeAll(async () => {
    work = openWorkplace();
    server = await work.serve({
      REQUESTS_PER_SECOND: '0',
      RISK: 'enforce',
      RISK_THRESHOLD: '0.000000000001',
      OPERATORS: OPERATOR.email,
    });
    browser = await launchBrowser(chromium);
    operator = await openConsoleUser(browser, { url: server.url, ...OPERATOR });
    operatorApi = await signIn(server.url, OPERATOR.email);
  }, BROWSER_START_MS);

  afterAll(async () => {
    await browser.close();
    await work.close();
  });

  /** @returns the lenders whose invitation has left, of those at a domain */
  const mailedAt = (domain: string) => {
    const mails = work.files('data/mail').filter((file) => file.endsWith('.eml'));
    const recipients = mails.flatMap(
      (file) => /^To: .*?([\w.]+@[\w.]+)/m.exec(readFileSync(work.path('data/mail', file), 'utf8'))?.[1] ?? [],
    );
    return recipients.filter((address) => address.endsWith(`@${domain}`)).sort();
  };

  /** Invites two people at a domain, and waits until the hold on their mail is listed. @returns the borrower */
  const invites = async (domain: string): Promise<Client> => {
    const borrower = await signIn(server.url, `borrower@${domain}`);
    const lenders = ['ana', 'ben'].map((name) => ({ email: `${name}@${domain}`, contribution_amount: 1500 }));
    await borrower.postsLoan({ lenders });
    const isListed = async () => {
      const { holds } = (await operatorApi.get('/operator/holds?status=held')).body;
      return holds.some((hold: { borrower: { email: string } }) => hold.borrower.email === `borrower@${domain}`);
    };
    await vi.waitUntil(isListed, WAIT);
    return borrower;
  };

  const decides = async (domain: string, decision: 'Reject' | 'Release') => {
    const { page } = operator;
    await page.goto('/');
    await page.getByRole('link', { name: 'Suspicious invitations' }).click();
    await page.getByRole('link', { name: `borrower@${domain}` }).click();
    await page.getByText('The e-mail waits for your decision').waitFor();
    expect(mailedAt(domain)).toEqual([]);
    await page.getByRole('button', { name: `${decision} …` }).click();
    await page.getByRole('dialog').getByRole('button', { name: decision }).click();
    await page.getByRole('heading', { level: 2, name: decision === 'Reject' ? 'Rejected' : 'Released' }).waitFor();
  };

  it('leaves when it is released, and never when it is rejected, of which the borrower sees nothing', async () => {
    const rejected = await invites('first.example');
    await invites('second.example');
    await decides('first.example', 'Reject');
    await decides('second.example', 'Release');
    await expect.poll(() => mailedAt('second.example'), WAIT).toEqual(['ana@second.example', 'ben@second.example']);
    expect(mailedAt('first.example')).toEqual([]);
    const [loan] = (await rejected.get('/loans?role=borrower')).body.loans;
    expect(loan.total_invited).toBe(3000);
    const { events } = (await rejected.get(`/loans/${loan.loan_id}/events`)).body;
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['loan.created', 'lender.invited', 'lender.invited']);
    expect((await rejected.get(`/loans/${loan.loan_id}`)).body.mails_on_their_way).toBe(0); // as if they had left
    const invited = await signIn(server.url, 'ana@first.example');
    expect((await invited.get('/invitations')).body.invitations).toHaveLength(1);
    expect(operator.problems).toEqual([]);
  });
});
