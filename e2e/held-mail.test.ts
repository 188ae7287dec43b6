import { expect, it, onTestFinished, vi } from 'vitest';
import { startMailServer } from '../server/src/testing/mail/smtp-server.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';
import { type Client, signInByEmail } from './http-client.ts';

/* Invitations of a list, as the real program handles them where scores are enforced: with its model, a mail server and `lending risk`. */

const WAIT = { timeout: 30_000, interval: 20 };
const OPERATOR = 'olga@example.com';
const NAMES = ['ada', 'bea', 'carl', 'dora', 'emil', 'finn', 'gert', 'hana', 'ines', 'jan', 'kai', 'lena'];
const addressesAt = (domain: string) => NAMES.map((name) => `${name}@${domain}`);

it('mail of an abusive list waits for an operator, and its borrower sees nothing of that', async () => {
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
  const [operator, borrower, honest] = await Promise.all(
    [OPERATOR, 'bo@example.com', 'mia@example.org'].map((email) => signInByEmail(url, mail, email)),
  );
  if (!operator || !borrower || !honest) throw new Error('nobody has signed in');
  const mailedAt = (domain: string) =>
    mail.delivered
      .flatMap(({ to }) => to)
      .filter((to) => to.endsWith(`@${domain}`))
      .toSorted();
  const risk = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await work.lending(['risk', ...args, '--url', url, '--json'], {
      LENDING_TOKEN: operator.token,
    });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  /** Invites a dictionary at one domain. @returns the loan, once its hold is listed */
  const invitesAt = async (domain: string): Promise<string> => {
    const loan = await borrower.postsLoan();
    const lenders = addressesAt(domain).map((email) => ({ email, contribution_amount: 1 }));
    const { status, body } = await borrower.post(`/loans/${loan}/lenders`, { lenders });
    expect([status, body.lenders.length]).toEqual([200, NAMES.length]);
    const isHeld = async () =>
      (await operator.get('/operator/holds')).body.holds.some(({ loan_id }: { loan_id: string }) => loan_id === loan);
    await vi.waitUntil(isHeld, WAIT);
    return loan;
  };
  /** Mail that is queued after all that was queued so far. */
  const otherMailArrives = async (address: string, name: string): Promise<void> => {
    await honest.postsLoan({ lenders: [{ email: address, name, contribution_amount: 5000 }] });
    await expect.poll(() => mail.delivered.flatMap(({ to }) => to), WAIT).toContain(address);
  };
  const onTheirWay = async (loan: string) => (await borrower.get(`/loans/${loan}`)).body.mails_on_their_way;
  const seenBy = async ({ get }: Client, loan: string) => {
    const paths = [`/loans/${loan}`, `/loans/${loan}/lenders`, `/loans/${loan}/events`, '/loans?role=borrower'];
    return (await Promise.all(paths.map(async (path) => (await get(path)).text))).join('\n');
  };

  const first = await invitesAt('north.example');
  await otherMailArrives('tom.reed@example.net', 'Tom Reed');
  expect(mailedAt('north.example')).toEqual([]);
  const { holds } = await risk('list');
  expect(holds).toMatchObject([{ loan_id: first, status: 'held', is_enforced: true, invitations: NAMES.length }]);
  expect(holds[0].reasons.map(({ label }: { label: string }) => label)).toContain('no names');
  expect(holds[0].score).toBeGreaterThan(0.9);
  expect(await onTheirWay(first)).toBe(NAMES.length);
  expect((await risk('release', holds[0].hold_id)).hold.status).toBe('released');
  await expect.poll(() => mailedAt('north.example'), WAIT).toEqual(addressesAt('north.example'));

  const second = await invitesAt('south.example');
  await expect.poll(() => onTheirWay(second), WAIT).toBe(NAMES.length);
  const before = await seenBy(borrower, second);
  const [hold] = (await risk('list')).holds;
  expect((await risk('reject', hold.hold_id)).hold).toMatchObject({ loan_id: second, status: 'rejected' });
  await expect.poll(() => onTheirWay(second), WAIT).toBe(0); // as if they had left
  await otherMailArrives('nora.lind@example.com', 'Nora Lind');
  expect(mailedAt('south.example')).toEqual([]);
  expect(await seenBy(borrower, second)).toBe(before.replace(`"mails_on_their_way":${NAMES.length}`, '"mails_on_their_way":0'));
  expect(before).not.toMatch(/hold|held|reject|risk|score|operator|suspicious/i);
  expect((await borrower.get('/operator/holds')).status).toBe(403);
}, 120_000);
