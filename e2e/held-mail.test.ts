import { expect, it, onTestFinished, vi } from 'vitest';
import { startMailServer } from '../server/src/testing/mail/smtp-server.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';
import { signInByEmail } from './http-client.ts';

/* Invitations of a list, as the real program handles them where scores are enforced: with its model, a mail server and `lending risk`. */

const WAIT = { timeout: 30_000, interval: 20 };
const OPERATOR = 'olga@example.com';
const NAMES = ['ada', 'bea', 'carl', 'dora', 'emil', 'finn', 'gert', 'hana', 'ines', 'jan', 'kai', 'lena'];
const addressesAt = (domain: string) => NAMES.map((name) => `${name}@${domain}`);

/** A server that enforces scores, with three users and a mail server. */
async function openServer() {
  const work = openWorkplace();
  onTestFinished(() => work.close());
  const mail = await startMailServer();
  onTestFinished(mail.close);
  const { url } = await work.serve({
    RISK: 'enforce',
    OPERATORS: OPERATOR,
    REQUESTS_PER_SECOND: '0',
    SMTP_URL: `smtp://127.0.0.1:${mail.address.port}`,
    PUBLIC_URL: 'https://lending.example.org',
    MAIL_FROM: 'Private Lending <post@lending.example.org>',
  });
  const signIn = (email: string) => signInByEmail(url, mail, email);
  const [operator, borrower, honest] = [await signIn(OPERATOR), await signIn('bo@example.com'), await signIn('mia@example.org')];
  const mailed = () => mail.delivered.flatMap(({ to }) => to);
  return {
    borrower,
    mailedAt: (domain: string) =>
      mailed()
        .filter((to) => to.endsWith(`@${domain}`))
        .toSorted(),
    /** Runs a command of `lending risk` as the operator. */
    async risk(...args: readonly string[]) {
      const token = { LENDING_TOKEN: operator.token };
      const { code, stdout, stderr } = await work.lending(['risk', ...args, '--url', url, '--json'], token);
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout);
    },
    /** Invites a dictionary at one domain. @returns the loan, once its hold is listed */
    async invitesAt(domain: string): Promise<string> {
      const loan = await borrower.postsLoan();
      const lenders = addressesAt(domain).map((email) => ({ email, contribution_amount: 1 }));
      const { status, body } = await borrower.post(`/loans/${loan}/lenders`, { lenders });
      expect([status, body.lenders.length]).toEqual([200, NAMES.length]);
      const holds = async () => (await operator.get('/operator/holds')).body.holds;
      await vi.waitUntil(async () => (await holds()).some(({ loan_id }: { loan_id: string }) => loan_id === loan), WAIT);
      return loan;
    },
    /** Mail that is queued after all that was queued so far. */
    async otherMailArrives(email: string, name: string): Promise<void> {
      await honest.postsLoan({ lenders: [{ email, name, contribution_amount: 5000 }] });
      await expect.poll(mailed, WAIT).toContain(email);
    },
    onTheirWay: async (loan: string) => (await borrower.get(`/loans/${loan}`)).body.mails_on_their_way,
    /** What the borrower reads. */
    async seenOf(loan: string): Promise<string> {
      const paths = [`/loans/${loan}`, `/loans/${loan}/lenders`, `/loans/${loan}/events`, '/loans?role=borrower'];
      return (await Promise.all(paths.map(async (path) => (await borrower.get(path)).text))).join('\n');
    },
  };
}

it('mail of an abusive list waits for an operator, and its borrower sees nothing of that', async () => {
  const { borrower, mailedAt, risk, invitesAt, otherMailArrives, onTheirWay, seenOf } = await openServer();
  const first = await invitesAt('north.example');
  await otherMailArrives('tom.reed@example.net', 'Tom Reed');
  await expect.poll(() => onTheirWay(first), WAIT).toBe(NAMES.length);
  expect(mailedAt('north.example')).toEqual([]);
  const { holds } = await risk('list');
  expect(holds).toMatchObject([{ loan_id: first, status: 'held', is_enforced: true, invitations: NAMES.length }]);
  expect(holds[0].reasons.map(({ label }: { label: string }) => label)).toContain('no names');
  expect(holds[0].score).toBeGreaterThan(0.9);
  expect((await risk('release', holds[0].hold_id)).hold.status).toBe('released');
  await expect.poll(() => mailedAt('north.example'), WAIT).toEqual(addressesAt('north.example'));

  const second = await invitesAt('south.example');
  await expect.poll(() => onTheirWay(second), WAIT).toBe(NAMES.length);
  const before = await seenOf(second);
  const [hold] = (await risk('list')).holds;
  expect((await risk('reject', hold.hold_id)).hold).toMatchObject({ loan_id: second, status: 'rejected' });
  await expect.poll(() => onTheirWay(second), WAIT).toBe(0); // as if they had left
  await otherMailArrives('nora.lind@example.com', 'Nora Lind');
  expect(mailedAt('south.example')).toEqual([]);
  expect(await seenOf(second)).toBe(before.replace(`"mails_on_their_way":${NAMES.length}`, '"mails_on_their_way":0'));
  expect(before.replaceAll(/[\w-]{20,}/g, 'id')).not.toMatch(/hold|held|reject|risk|score|operator|suspicious/i);
  expect((await borrower.get('/operator/holds')).status).toBe(403);
}, 180_000); // more than all its waits together
