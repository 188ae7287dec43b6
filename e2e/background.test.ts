import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { openTestApp } from '../server/src/testing/app/test-app.ts';
import { optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { startMailServer } from '../server/src/testing/mail/smtp-server.ts';
import { openWorkplace, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, signIn } from './http-client.ts';

/* Background work of the real program: mail, expiry and restarts. */

const WAIT = { timeout: 30_000, interval: 50 };

const byText = (a: string, b: string) => a.localeCompare(b);

describe.each(engines)('background tasks on $name', ({ settings }) => {
  let work: Workplace;
  let store: Readonly<Record<string, string>>;
  let mail: Awaited<ReturnType<typeof startMailServer>>;

  beforeEach(async () => {
    work = openWorkplace();
    store = await settings();
    mail = await startMailServer();
  });

  afterEach(async () => {
    await work.close();
    await mail.close();
  });

  const serve = (more: Readonly<Record<string, string>> = {}) => work.serve({ ...store, ...more });

  const withMail = () => ({
    ALLOW_LOCAL_ISSUER: '1',
    SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
    PUBLIC_URL: 'https://lending.example.org',
    MAIL_FROM: 'Private Lending <post@lending.example.org>',
  });

  /** Opens the program's store in this process. */
  function openStore(): Store {
    const [kind, table = ''] = (store['STORE'] ?? 'sqlite').split(':');
    return kind === 'dynamodb' ? openDynamoDb(table, optionsAt()) : openSqlite(work.path('data', 'lending.db'));
  }

  const subjects = () => mail.delivered.map(({ to, mail: { subject } }) => `${to.join()}: ${subject}`).toSorted(byText);

  it('mails each lender one invitation, and the borrower each answer, also across a kill', async () => {
    const first = await serve(withMail());
    const borrower = await signIn(first.url, 'borrower@example.com');
    const loanId = await borrower.postsLoan();
    const lenders = ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
    await borrower.post(`/loans/${loanId}/lenders`, { lenders });
    await expect
      .poll(subjects, WAIT)
      .toEqual(['ana@example.com: You are invited to lend 5000.00 USD', 'ben@example.com: You are invited to lend 5000.00 USD']);
    expect(mail.delivered[0]?.mail.text).toContain(`https://lending.example.org/invite/${loanId}#`);
    const ana: Client = await signIn(first.url, 'ana@example.com');
    await ana.post(`/invitations/${loanId}/accept`);
    await first.stop('SIGKILL'); // before or after it mailed the borrower
    const second = await serve(withMail());
    const accepted = 'borrower@example.com: Accepted: a lender takes part with 5000.00 USD';
    await expect.poll(subjects, WAIT).toContain(accepted);
    await ana.at(second.url).post(`/invitations/${loanId}/decline`);
    const declined = 'borrower@example.com: Declined: a lender does not take part with 5000.00 USD';
    await expect.poll(subjects, WAIT).toContain(declined);
    expect(new Set(mail.delivered.map(({ mail: { messageId } }) => messageId)).size).toBe(4);
    expect(subjects().filter((line) => line.includes('invited'))).toHaveLength(2);
  }, 60_000);

  it('expires invitations that became due while no server ran, without a request', async () => {
    const empty = await serve();
    await empty.stop();
    const before = openStore();
    const testApp = await openTestApp({ store: before }); // its clock is long ago
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

it('serve ends soon on SIGTERM with a mail server that does not respond, and sends the mail after the next start', async () => {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  const asked = Promise.withResolvers<void>();
  let answer = (_done: () => void): void => asked.resolve(); // and no response
  const mail = await startMailServer({ onMailFrom: (_, __, done) => answer(done) });
  onTestFinished(mail.close);
  const settings = {
    ALLOW_LOCAL_ISSUER: '1',
    SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
    PUBLIC_URL: 'https://lending.example.org',
  };
  const first = await work.serve(settings);
  const borrower = await signIn(first.url, 'borrower@example.com');
  await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
  await asked.promise;
  const start = performance.now();
  expect((await first.stop()).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(10_000); // 5 s on a machine that does nothing else
  answer = (done) => done();
  await work.serve(settings);
  await expect.poll(() => mail.delivered.length, { timeout: 60_000, interval: 100 }).toBe(1);
}, 120_000);

it('serve writes mail to files next to its data by default', async () => {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  const { url } = await work.serve();
  const borrower = await signIn(url, 'borrower@example.com');
  await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 10_000 }] });
  await expect.poll(() => work.files('data/mail'), WAIT).toEqual([expect.stringMatching(/\.eml$/)]);
}, 60_000);
