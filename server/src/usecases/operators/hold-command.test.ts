import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CommandId, parseLenderId } from '../../domain/ids.ts';
import { type Mailing, toMailings } from '../../domain/mail/mailing.ts';
import { createOutgoingMail } from '../../domain/outgoing-mail.ts';
import { mailingWrite } from '../../execution/commit-writes.ts';
import { holdKey, mailingKey } from '../../storage/keys.ts';
import { DAY_MS, emailOf, found } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { metricsOf } from '../../testing/app/read-metrics.ts';
import { openTestApp } from '../../testing/app/test-app.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { memoryMailSender } from '../../testing/mail/mail-background.ts';
import { holdOf, storeHolds } from '../../testing/risk/seed-holds.ts';

const OPERATORS = ['olga@example.com', 'omar@example.com'].map(emailOf);

/** A loan that Ana is invited to, whose mail waits for the decision on a hold. */
async function openFixture(store: Awaited<ReturnType<(typeof engines)[number]['open']>>, changes = {}, usesViewCache = false) {
  const testApp = await openTestApp({ store, usesViewCache, config: { operators: new Set(OPERATORS) } });
  onTestFinished(() => testApp.close());
  const operator = await testApp.as('olga@example.com');
  const borrower = await testApp.as('borrower@example.com');
  const loan = await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 5 }] });
  const { body } = await borrower.get(`/loans/${loan}/lenders`);
  const hold = holdOf(loan, borrower.userId, testApp.now, changes);
  const { loanId, borrowerId } = hold;
  const lenderId = found(parseLenderId(body.lenders[0].lender_id), 'a lender');
  const about = { kind: 'invitation', loanId, borrowerId, lenderId, round: 1, to: emailOf('ana@example.com') } as const;
  const { ids } = testApp.app.services;
  const mail = createOutgoingMail({ mailId: ids.outgoingMail('ana'), ...about }, testApp.now);
  const waiting = { name: 'waiting', from: testApp.now + DAY_MS } as const;
  const [mailing] = toMailings([{ ...mail, requestId: ids.request(), traceparent: null, state: waiting }]);
  const { mailingId } = found(mailing, 'a mailing');
  await store.commit(randomUUID() as CommandId, [mailingWrite(found(mailing, 'a mailing'), 0)]);
  await storeHolds(testApp, { ...hold, mailingIds: [mailingId, ids.outgoingMail('not stored')] });
  const mails = memoryMailSender(testApp);
  return {
    testApp,
    operator,
    borrower,
    path: `/operator/holds/${loan}-${testApp.now}`,
    mails,
    sendDue: () => mails.sender.sendDue(mails.onError),
    async storedHold() {
      const [item] = await store.get([holdKey(loanId, hold.invitedAt)]);
      return found(item, 'a hold');
    },
    async storedMailing(): Promise<Mailing> {
      const [item] = await store.get([mailingKey(mailingId)]);
      return found(item, 'a mailing').data;
    },
  };
}

describe.each(engines)('a decision on a hold on $name', ({ open }) => {
  it('keeps who decided, and moves the hold to the decided ones', async () => {
    const { testApp, operator, path, storedHold } = await openFixture(await open());
    testApp.advance(5000);
    const { status, body } = await operator.post(`${path}/reject`);
    expect(status).toBe(200);
    expect(body.hold).toMatchObject({ status: 'rejected', decided_at: '2026-03-01T09:15:05.000Z', decided_by: operator.userId });
    expect((await storedHold()).data).toMatchObject({ decision: 'rejected', decidedAt: testApp.now, decidedBy: operator.userId });
    expect((await operator.get(path)).body.hold).toMatchObject(body.hold);
    expect((await operator.get('/operator/holds')).body.holds).toEqual([]);
    expect((await operator.get('/operator/holds?status=rejected')).body.holds).toEqual([body.hold]);
  });

  it('makes the mail due in its own commit, and the mail leaves', async () => {
    const { testApp, operator, path, mails, sendDue, storedHold, storedMailing } = await openFixture(await open());
    await sendDue();
    expect(mails.messages).toEqual([]);
    await operator.post(`${path}/release`);
    expect((await storedMailing()).mails[0]?.state).toEqual({ name: 'waiting', from: testApp.now });
    const mailingId = (await storedMailing()).mailingId;
    const [mailing] = await testApp.store.get([mailingKey(mailingId)]);
    expect(mailing?.command).toBe((await storedHold()).command);
    await sendDue();
    expect(mails.messages.map(({ to }) => to)).toEqual(['ana@example.com']);
  });

  it('hands the mail of its commit to the mail sender of the process', async () => {
    const { testApp, operator, path, mails } = await openFixture(await open());
    const { changes } = testApp.app.services;
    onTestFinished(changes.watchCommits((writes) => mails.sender.handOver(writes, mails.onError)));
    await operator.post(`${path}/release`);
    await expect.poll(() => mails.messages.length).toBe(1);
  });

  it('is the same when repeated, by any operator, and 409 when it is the other one', async () => {
    const { testApp, operator, path, storedHold } = await openFixture(await open());
    const { body } = await operator.post(`${path}/release`);
    testApp.advance(1000);
    const omar = await testApp.as('omar@example.com');
    expect((await omar.post(`${path}/release`)).body).toEqual(body);
    const conflict = await omar.post(`${path}/reject`);
    expect(requireProblem(conflict).error).toBe('CONFLICT');
    expect(conflict.body.message).toBe('This hold is released already. A decision is final.');
    expect((await storedHold()).version).toBe(2);
  });

  it('is replayed by its key, which is not that of the other decision', async () => {
    const { operator, path } = await openFixture(await open());
    const key = { 'Idempotency-Key': 'decision-1' };
    const first = await operator.post(`${path}/release`, undefined, key);
    const again = await operator.post(`${path}/release`, undefined, key);
    expect([again.status, again.text, again.headers.get('Idempotency-Replayed')]).toEqual([200, first.text, 'true']);
    expect(requireProblem(await operator.post(`${path}/reject`, undefined, key)).status).toBe(409);
  });

  it('is made from what is stored, where the loan is cached', async () => {
    const { testApp, operator, borrower, path, storedMailing } = await openFixture(await open(), {}, true);
    const loan = path.slice('/operator/holds/'.length).slice(0, 36);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ben@example.com', contribution_amount: 5 }] });
    const calls = await testApp.callsOf(async () => {
      expect((await operator.post(`${path}/release`)).body.hold.status).toBe('released');
    });
    expect(calls).toEqual(['get', 'get', 'commit']);
    expect((await storedMailing()).mails[0]?.state).toEqual({ name: 'waiting', from: testApp.now });
    expect((await operator.post(`${path}/reject`)).status).toBe(409);
    expect((await operator.post(`${path}0/reject`)).status).toBe(404);
  });

  it('is one where many decide at once', async () => {
    const { testApp, operator, path, storedHold } = await openFixture(await open());
    const omar = await testApp.as('omar@example.com');
    const decisions = [operator, omar, operator, omar].map((user, n) => user.post(`${path}/${n < 2 ? 'release' : 'reject'}`));
    const statuses = (await Promise.all(decisions)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 409, 409]);
    expect((await storedHold()).version).toBe(2);
  });
});

describe('a decision on a hold', () => {
  const open = async (changes = {}) => openFixture(await found(engines[0], 'an engine').open(), changes);

  it('takes two reads and a commit, two calls where it is noted only, and one read where it is repeated', async () => {
    const { testApp, operator, path, borrower } = await open();
    expect(await testApp.callsOf(() => operator.post(`${path}/release`, undefined, { 'Idempotency-Key': 'k' }))).toEqual([
      'get',
      'get',
      'commit',
    ]);
    expect(await testApp.callsOf(() => operator.post(`${path}/release`))).toEqual(['get']);
    expect(await testApp.callsOf(() => operator.post(`${path}/release`, undefined, { 'Idempotency-Key': 'k' }))).toEqual(['get']);
    expect(await testApp.callsOf(() => operator.post(`${path}/reject`))).toEqual(['get']);
    expect(await testApp.callsOf(() => borrower.post(`${path}/release`))).toEqual([]);
    const noted = await open({ isEnforced: false });
    const calls = await noted.testApp.callsOf(() => noted.operator.post(`${noted.path}/release`));
    expect(calls).toEqual(['get', 'commit']);
  });

  it('is a label where the hold is noted only: no mail changes', async () => {
    const { operator, path, storedHold, storedMailing } = await open({ isEnforced: false });
    const before = await storedMailing();
    expect((await operator.post(`${path}/reject`)).body.hold).toMatchObject({ status: 'rejected', is_enforced: false });
    expect((await storedHold()).data.decision).toBe('rejected');
    expect(await storedMailing()).toEqual(before);
  });

  it('changes neither the loan nor its events, and tells the borrower nothing', async () => {
    const { operator, borrower, path } = await open();
    const loan = path.slice('/operator/holds/'.length).slice(0, 36);
    const seen = async () => [(await borrower.get(`/loans/${loan}`)).text, (await borrower.get(`/loans/${loan}/events`)).text];
    const before = await seen();
    await operator.post(`${path}/reject`);
    expect(await seen()).toEqual(before);
  });

  it('is counted and logged once, with the operator, the score and no address', async () => {
    const { testApp, operator, path } = await open();
    const key = { 'Idempotency-Key': 'k', 'X-Request-Id': 'first' };
    for (const headers of [key, key, {}]) await operator.post(`${path}/reject`, undefined, headers);
    await operator.post(`${path}/release`);
    expect(await metricsOf(testApp)).toContain('hold_decisions_total{decision="rejected"} 1');
    expect(await metricsOf(testApp)).not.toContain('decision="released"');
    const lines = testApp.logged.filter((line) => line.includes('hold re'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        msg: 'hold rejected',
        hold_id: path.slice('/operator/holds/'.length),
        decision: 'rejected',
        user_id: operator.userId,
        is_enforced: true,
        score: 0.97,
        model_version: '2026-02-20',
        request_id: 'first',
      }),
    ]);
    expect(lines.join()).not.toContain('@');
  });
});
