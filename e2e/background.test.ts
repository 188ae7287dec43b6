import type { SMTPServerOptions } from 'smtp-server';
import { describe, it, type TestContext } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { openTestApp } from '../server/src/testing/app/test-app.ts';
import { optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { endClaims } from '../server/src/testing/mail/end-claims.ts';
import { startMailServer } from '../server/src/testing/mail/smtp-server.ts';
import { openWorkplace, type Served } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { type Client, signIn, signInByEmail } from './http-client.ts';

/*
 * Background work of the real program: mail, sign-in by e-mail, expiry and restarts. The tests mostly wait, so they run at the
 * same time.
 */

const WAIT = { timeout: 30_000, interval: 50 };

const byText = (a: string, b: string) => a.localeCompare(b);

type Settings = Readonly<Record<string, string>>;

interface Background {
  readonly mail: Awaited<ReturnType<typeof startMailServer>>;
  serve(settings?: Settings): Promise<Served>;
  /** Opens the program's store in this process. */
  openStore(): Store;
}

const withMail = ({ mail }: Pick<Background, 'mail'>): Settings => ({
  SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
  PUBLIC_URL: 'https://lending.example.org',
  MAIL_FROM: 'Private Lending <post@lending.example.org>',
});

/** Without the codes to sign in. */
const subjects = ({ mail }: Pick<Background, 'mail'>) =>
  mail.delivered
    .map(({ to, mail: { subject } }) => `${to.join()}: ${subject}`)
    .filter((line) => !line.includes('Your code to sign in'))
    .toSorted(byText);

/** A folder for the program, its store, and a mail server, until the test is finished. */
async function prepare({ onTestFinished }: TestContext, store: Settings, options?: SMTPServerOptions): Promise<Background> {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  const mail = await startMailServer(options);
  onTestFinished(mail.close);
  return {
    mail,
    serve: (settings = {}) => work.serve({ ...store, ...settings }),
    openStore() {
      const table = /^dynamodb:(.*)/.exec(`${store['STORE']}`)?.[1];
      return table ? openDynamoDb(table, optionsAt()) : openSqlite(work.path('data', 'lending.db'));
    },
  };
}

describe.concurrent.each(engines)('background tasks on $name', ({ settings }) => {
  it('mails each lender one invitation, and the borrower each answer, also after a kill while it sent one', async (test) => {
    let respond = (done: () => void): void => done();
    const background = await prepare(test, await settings(), { onMailFrom: (_, __, done) => respond(done) });
    const { expect } = test;
    const { mail, serve, openStore } = background;
    const first = await serve(withMail(background));
    const borrower = await signInByEmail(first.url, mail, 'borrower@example.com');
    const loanId = await borrower.postsLoan();
    const lenders = ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
    await borrower.post(`/loans/${loanId}/lenders`, { lenders });
    await expect
      .poll(() => subjects(background), WAIT)
      .toEqual(['ana@example.com: You are invited to lend 5,000.00 USD', 'ben@example.com: You are invited to lend 5,000.00 USD']);
    expect(mail.delivered.map(({ mail: { text } }) => text).join()).toContain(`https://lending.example.org/invite/${loanId}#`);
    const ana: Client = await signInByEmail(first.url, mail, 'ana@example.com');
    const handingOver = Promise.withResolvers<void>();
    respond = () => handingOver.resolve(); // and no response
    await ana.post(`/invitations/${loanId}/accept`);
    await handingOver.promise;
    await first.stop('SIGKILL');
    respond = (done) => done();
    const store = openStore();
    expect(await endClaims(store)).toBe(1);
    await store.close();
    const second = await serve(withMail(background));
    const accepted = 'borrower@example.com: Accepted: a lender agreed to lend 5,000.00 USD';
    await expect.poll(() => subjects(background), WAIT).toContain(accepted);
    await ana.at(second.url).post(`/invitations/${loanId}/decline`);
    const declined = 'borrower@example.com: Withdrawn: a lender will not lend 5,000.00 USD after all';
    await expect.poll(() => subjects(background), WAIT).toContain(declined);
    expect(new Set(mail.delivered.map(({ mail: { messageId } }) => messageId)).size).toBe(6); // with two codes
    expect(subjects(background).filter((line) => line.includes('invited'))).toHaveLength(2);
  }, 180_000); // more than all its waits together

  it('expires invitations that became due while no server ran, without a request', async (test) => {
    const { expect } = test;
    const { serve, openStore } = await prepare(test, await settings());
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
  });
});

it.concurrent('serve ends soon on SIGTERM with a mail server that does not respond, and sends the mail after the next start', async (test) => {
  const asked = Promise.withResolvers<void>();
  let answer = (done: () => void): void => done();
  const { expect } = test;
  const { mail, serve } = await prepare(test, {}, { onMailFrom: (_, __, done) => answer(done) });
  const first = await serve(withMail({ mail }));
  const borrower = await signInByEmail(first.url, mail, 'borrower@example.com');
  answer = () => asked.resolve(); // and no response
  await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
  await asked.promise;
  const start = performance.now();
  expect((await first.stop()).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(10_000); // 5 s on a machine that does nothing else
  answer = (done) => done();
  await serve(withMail({ mail }));
  await expect.poll(() => subjects({ mail }).length, { timeout: 60_000, interval: 100 }).toBe(1);
}, 120_000);

it.concurrent('serve writes mail to files next to its data by default', async ({ expect, onTestFinished }) => {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  const { url } = await work.serve();
  const borrower = await signIn(url, 'borrower@example.com');
  await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 10_000 }] });
  await expect.poll(() => work.files('data/mail'), WAIT).toEqual([expect.stringMatching(/\.eml$/)]);
});
