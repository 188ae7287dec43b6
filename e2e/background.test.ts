import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { openTestApp } from '../server/src/testing/app/test-app.ts';
import { optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { startMailServer } from '../server/src/testing/mail/smtp-server.ts';
import { engines } from './engines.ts';
import { type Client, type Program, signIn, start, temporaryFolder } from './program.ts';

/* What the real program does without being asked, in processes of its own. */

const WAIT = { timeout: 30_000, interval: 50 };

const byText = (a: string, b: string) => a.localeCompare(b);

describe.each(engines)('a server on $name', ({ settings }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: Readonly<Record<string, string>>;
  let mail: Awaited<ReturnType<typeof startMailServer>>;
  const running: Program[] = [];

  beforeEach(async () => {
    folder = await temporaryFolder();
    store = await settings();
    mail = await startMailServer();
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.kill()));
    await mail.close();
    await folder.remove();
  });

  async function serve(more: Readonly<Record<string, string>> = {}): Promise<Program> {
    const program = await start(folder.path, { ...store, ...more });
    running.push(program);
    return program;
  }

  const withMail = () => ({
    SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
    PUBLIC_URL: 'https://lending.example.org',
    MAIL_FROM: 'Private Lending <post@lending.example.org>',
  });

  /** The same store, opened here. */
  function openStore(): Store {
    const [kind, table = ''] = (store['STORE'] ?? 'sqlite').split(':');
    return kind === 'dynamodb' ? openDynamoDb(table, optionsAt()) : openSqlite(path.join(folder.path, 'data', 'lending.db'));
  }

  const told = () => mail.delivered.map(({ to, mail: { subject } }) => `${to.join()}: ${subject}`).toSorted(byText);

  it('tells whoever is invited by one mail, and the borrower of each answer, also across its death', async () => {
    const first = await serve(withMail());
    const borrower = await signIn(first.url, 'borrower@example.com');
    const loanId = await borrower.postsLoan();
    const lenders = ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
    await borrower.post(`/loans/${loanId}/lenders`, { lenders });
    await expect
      .poll(told, WAIT)
      .toEqual(['ana@example.com: You are invited to lend 5000.00 USD', 'ben@example.com: You are invited to lend 5000.00 USD']);
    expect(mail.delivered[0]?.mail.text).toContain(`https://lending.example.org/invite/${loanId}#`);
    const ana: Client = await signIn(first.url, 'ana@example.com');
    await ana.post(`/invitations/${loanId}/accept`);
    await first.kill(); // it may or may not have told the borrower by now
    const second = await serve(withMail());
    const accepted = 'borrower@example.com: Accepted: a lender takes part with 5000.00 USD';
    await expect.poll(told, WAIT).toContain(accepted);
    await ana.at(second.url).post(`/invitations/${loanId}/decline`);
    const declined = 'borrower@example.com: Declined: a lender does not take part with 5000.00 USD';
    await expect.poll(told, WAIT).toContain(declined);
    expect(new Set(mail.delivered.map(({ mail: { messageId } }) => messageId)).size).toBe(4);
    expect(told().filter((line) => line.includes('invited'))).toHaveLength(2);
  }, 60_000);

  it('has what expired while nobody ran free its amount, without anybody asking', async () => {
    const empty = await serve();
    await empty.stop();
    const before = openStore();
    const testApp = await openTestApp({ store: before }); // whose clock stands at a day long ago
    const borrower = await testApp.as('borrower@example.com');
    const loanId = await borrower.postsLoan({
      lenders: ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 10_000 })),
    });
    await testApp.close();
    const { url } = await serve();
    const client = await signIn(url, 'borrower@example.com');
    const loan = async () => (await client.get(`/loans/${loanId}`)).body.loan;
    await expect.poll(loan, WAIT).toMatchObject({ remaining: 20_000, lender_count: 0, version: 2 });
    const { events } = (await client.get(`/loans/${loanId}/events`)).body;
    expect(events.map(({ type, actor }: { type: string; actor: string }) => `${type} ${actor}`)).toEqual([
      ...['loan.created borrower', 'lender.invited borrower', 'lender.invited borrower'],
      ...['lender.expired system', 'lender.expired system'],
    ]);
  }, 60_000);
});

it('leaves mail as files beside its data where no setting says otherwise', async () => {
  const folder = await temporaryFolder();
  const { url, kill } = await start(folder.path);
  const borrower = await signIn(url, 'borrower@example.com');
  await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 10_000 }] });
  const files = () => readdir(path.join(folder.path, 'data', 'mail')).catch(() => []);
  await expect.poll(files, WAIT).toEqual([expect.stringMatching(/\.eml$/)]);
  await kill();
  await folder.remove();
}, 60_000);
