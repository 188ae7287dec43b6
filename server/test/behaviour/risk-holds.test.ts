import { describe, expect, it, onTestFinished } from 'vitest';
import { type LoanId, parseLoanId } from '../../src/domain/ids.ts';
import { canonicalMailbox } from '../../src/domain/mail/canonical-mailbox.ts';
import { decideHold } from '../../src/domain/risk/decide-hold.ts';
import type { HoldDecision } from '../../src/domain/risk/risk-hold.ts';
import { holdWrite, mailingWrite } from '../../src/execution/commit-writes.ts';
import { builtInModel, type ModelSource } from '../../src/risk/assessment/model-file.ts';
import { holdIndex } from '../../src/storage/index-keys.ts';
import {
  eventBatchKey,
  holdKey,
  mailboxSendersKey,
  mailingKey,
  senderInvitationsKey,
  senderMailCountKey,
} from '../../src/storage/keys.ts';
import { emailOf, found, userIdFor } from '../../src/testing/app/domain-fixtures.ts';
import { csv, runToEnd, upload } from '../../src/testing/app/import-helpers.ts';
import { openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* Invitations are scored before their mail is queued. Where scores are enforced, mail about suspicious ones waits for an operator. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PAYLOAD = 'PayPal Security: pay at paypa1.top';
const OPERATOR = userIdFor('operator');

const victims = (count = 6, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    email: `info@victim${from + index}.example`,
    contribution_amount: 400,
    name: PAYLOAD,
  }));
const FRIENDS = ['Tom.Reed@gmail.com', 'Mia.Wong@yahoo.com', 'Lena.Fischer@kanzlei-fischer.de'].map((email) => ({
  email: email.toLowerCase(),
  contribution_amount: 400,
  name: email.replace(/@.*/, '').replace('.', ' '),
}));

/** A model that fails so often, and then is the program's. */
function failingModel(times: number): ModelSource {
  const model = builtInModel();
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new RangeError('no model');
    return model();
  };
}

describe.each(engines)('invitations that are scored on $name', ({ open }) => {
  async function openApp(): Promise<TestApp> {
    const testApp = await openTestApp({ store: await open() });
    onTestFinished(() => testApp.close());
    return testApp;
  }

  async function openFixture(risk: Parameters<typeof mailBackground>[2] = { mode: 'enforce' }) {
    const testApp = await openApp();
    const background = mailBackground(testApp, {}, risk);
    const borrower = await testApp.as('bo@example.com');
    return { testApp, background, borrower, ...actionsOn(testApp, background, borrower) };
  }

  it('leave only once an operator has released them', async () => {
    const { background, borrower, invite, holdOn, decide, nextDay, addresses, waiting } = await openFixture();
    const loan = await invite(victims());
    await background.run();
    expect(background.assessments.map(({ outcome }) => outcome)).toEqual(['held']);
    const hold = await holdOn(loan);
    expect(hold?.data).toMatchObject({ invitations: 6, version: 1, isEnforced: true, decision: null });
    expect(hold?.data.reasons.map(({ feature }) => feature)).toContain('namePayload');
    expect(await waiting()).toMatchObject([{ mails: 6, isOnHold: true }]);
    await nextDay();
    expect(addresses()).toEqual([]);
    expect(new Set(background.outcomes)).toEqual(new Set(['held-back-hold']));
    expect((await borrower.get(`/loans/${loan}`)).body.mails_on_their_way).toBe(6);
    await decide(loan, 'released');
    await background.run();
    expect(await waiting()).toBeUndefined();
    expect(addresses().toSorted()).toEqual(victims().map(({ email }) => email));
  });

  it('are dropped once an operator has rejected them', async () => {
    const { background, invite, decide, nextDay, addresses } = await openFixture();
    const loan = await invite(victims());
    await background.run();
    await decide(loan, 'rejected');
    await background.run();
    await nextDay();
    expect(addresses()).toEqual([]);
    expect(background.outcomes.filter((outcome) => outcome === 'rejected-by-operator')).toHaveLength(6);
  });

  it('hold back their reminders and changes, too, and the answers tell nothing of it', async () => {
    const { background, borrower, invite, decide, nextDay, addresses, testApp } = await openFixture();
    const sent = await invite(FRIENDS);
    await background.run();
    const held = await invite(victims()); // later: those before would be judged with them
    await background.run();
    expect(addresses()).toEqual(FRIENDS.map(({ email }) => email));
    const answers = await Promise.all(
      [held, sent].map(async (loan) => {
        const path = `/loans/${loan}/lenders`;
        const [{ lender_id }] = (await borrower.get(path)).body.lenders;
        const change = await borrower.patch(`${path}/${lender_id}`, { contribution_amount: 401 });
        const reminder = await borrower.post(`${path}/${lender_id}/reminders`);
        return [change, reminder].map(({ status, body }) => [status, Object.keys(body), Object.keys(body.lender)]);
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    await background.run();
    await nextDay();
    expect(addresses().filter((to) => to.includes('victim'))).toEqual([]);
    await decide(held, 'released');
    await background.run();
    testApp.advance(DAY_MS);
    await background.run();
    expect(new Set(addresses().filter((to) => to.includes('victim')))).toEqual(new Set(victims().map(({ email }) => email)));
  });

  it('hold back a reminder that is asked for before they are scored', async () => {
    const { background, borrower, invite, addresses } = await openFixture();
    const loan = await invite(victims());
    const [{ lender_id }] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    expect((await borrower.post(`/loans/${loan}/lenders/${lender_id}/reminders`)).status).toBe(202);
    await background.sendOnly();
    await background.run();
    expect(addresses()).toEqual([]);
  });

  it('leave in shadow mode, with a hold as a note', async () => {
    const { background, invite, holdOn, addresses, decide } = await openFixture({ mode: 'shadow' });
    const loan = await invite(victims());
    await background.run();
    expect(addresses()).toHaveLength(6);
    const [assessment] = background.assessments;
    expect(assessment).toMatchObject({ outcome: 'noted', mode: 'shadow', invitations: 6 });
    expect(assessment?.scored?.features['namePayload']).toBeGreaterThan(2);
    expect((await holdOn(loan))?.data).toMatchObject({ isEnforced: false, decision: null });
    await decide(loan, 'rejected'); // a label
  });

  it('leave without a hold where their score is low', async () => {
    const { background, invite, holdOn, addresses } = await openFixture();
    const loan = await invite(FRIENDS);
    await background.run();
    expect(background.assessments.map(({ outcome }) => outcome)).toEqual(['passed']);
    expect([await holdOn(loan), addresses().length]).toEqual([undefined, 3]);
  });

  it('are scored in files of lenders and in later calls alike', async () => {
    const { background, borrower, invite, holdOn, testApp, addresses } = await openFixture();
    const loan = await invite([]);
    const rows = victims(60).map(({ email, name }) => `${email},1,${name}`);
    const { body } = await upload(borrower, loan, csv(...rows));
    await runToEnd(testApp, body.import.import_id);
    await background.run();
    expect((await holdOn(loan))?.data).toMatchObject({ invitations: 60, mailingIds: { length: 3 } });
    testApp.advance(1000);
    expect((await borrower.post(`/loans/${loan}/lenders`, { lenders: victims(5, 60) })).status).toBe(200);
    await background.run();
    expect(background.assessments.map(({ invitations, outcome }) => [invitations, outcome])).toEqual([
      [60, 'held'],
      [5, 'held'],
    ]);
    expect(addresses()).toEqual([]);
  });

  it('count once where their events come again, and keep what was decided', async () => {
    const { background, borrower, invite, holdOn, decide, testApp } = await openFixture();
    const loan = await invite(victims());
    await background.run();
    await decide(loan, 'released');
    const [batch] = await testApp.store.get([eventBatchKey(loan, 1)]);
    const before = await testApp.store.get([senderInvitationsKey(borrower.userId)]);
    await background.deliverAgain(found(batch, loan).data);
    expect(await testApp.store.get([senderInvitationsKey(borrower.userId)])).toEqual(before);
    expect(before[0]?.data).toMatchObject({ batches: 1, invited: 6 });
    expect((await holdOn(loan))?.data).toMatchObject({ decision: 'released' });
    expect(background.assessments).toHaveLength(1);
  });

  it('count once where two processes handle them at the same time, and for each sender', async () => {
    const { background, borrower, invite, inviteBy, testApp } = await openFixture();
    const other = mailBackground(testApp, {}, { mode: 'enforce' });
    const [held, own] = [await invite(victims()), await invite(FRIENDS)];
    const eve = await testApp.as('eve@example.com');
    const batches = await testApp.store.get([held, own, await inviteBy(eve, FRIENDS)].map((loan) => eventBatchKey(loan, 1)));
    await Promise.all(
      batches.flatMap((batch) => [background, other].map((process) => process.deliverAgain(found(batch, 'batch').data))),
    );
    const senders = await testApp.store.get([borrower, eve].map(({ userId }) => senderInvitationsKey(userId)));
    expect(senders.map((sender) => sender?.data)).toMatchObject([
      { batches: 2, invited: 9 },
      { batches: 1, invited: 3 },
    ]);
    const mailboxes = FRIENDS.map(({ email }) => mailboxSendersKey(canonicalMailbox(emailOf(email))));
    const stored = await testApp.store.get(mailboxes);
    expect(stored.map((item) => item?.data.senders.length)).toEqual([2, 2, 2]);
    expect([...background.assessments, ...other.assessments]).toHaveLength(3);
  });

  it('are all scored where a sender makes many loans at the same time', async () => {
    const { background, invite, testApp, borrower } = await openFixture({ mode: 'shadow' });
    const loans: LoanId[] = [];
    for (let made = 0; made < 33; made += 1) loans.push(await invite(victims())); // the hour's 200 invitations
    const batches = await testApp.store.get(loans.map((loan) => eventBatchKey(loan, 1)));
    await Promise.all(batches.map((batch) => background.scoreAgain(found(batch, 'batch').data)));
    expect(background.assessments.map(({ outcome }) => outcome)).toEqual(loans.map(() => 'noted'));
    expect((await testApp.store.get([senderInvitationsKey(borrower.userId)]))[0]?.data.batches).toBe(33);
  });

  it('keep their hold where the process died before they were counted', async () => {
    const { background, invite, holdOn, decide, testApp, borrower } = await openFixture();
    const loan = await invite(victims());
    await background.run();
    await decide(loan, 'rejected');
    const [sender] = await testApp.store.get([senderInvitationsKey(borrower.userId)]);
    const { key, version } = found(sender, 'sender');
    const never = { firstSeenAt: testApp.now, batches: 0, invited: 0, day: -1, invitedOnDay: 0, invitedDayBefore: 0, latest: [] };
    await testApp.store.commit(testApp.app.services.ids.command(), [{ key, expected: version, data: never }]);
    const [batch] = await testApp.store.get([eventBatchKey(loan, 1)]);
    await background.deliverAgain(found(batch, loan).data);
    expect((await holdOn(loan))?.data).toMatchObject({ decision: 'rejected', invitations: 6 });
    expect((await testApp.store.get([senderInvitationsKey(borrower.userId)]))[0]?.data).toMatchObject({ batches: 1 });
  });

  it('are judged with the sender’s earlier ones and with those of other senders', async () => {
    const { background, borrower, invite, testApp, inviteBy } = await openFixture({ mode: 'shadow' });
    await invite(FRIENDS);
    await background.run();
    await invite([{ email: 'tom.reed+again@gmail.com', contribution_amount: 1 }]);
    await background.run();
    await inviteBy(await testApp.as('eve@example.com'), [{ email: 't.o.m.reed+x@googlemail.com', contribution_amount: 1 }]);
    await background.run();
    const [, own, other] = background.assessments.map(({ scored }) => scored?.features);
    expect(own?.['dayVolume']).toBeCloseTo(Math.log2(1 + 4), 1);
    expect(own?.['otherSenders']).toBe(0);
    expect(other?.['otherSenders']).toBe(1); // log2(1 + one sender)
    const [sender] = await testApp.store.get([senderInvitationsKey(borrower.userId)]);
    expect(JSON.stringify(sender?.data)).not.toContain('@');
  });

  it('wait where they can’t be scored, and leave once they can', async () => {
    const { background, invite, addresses, testApp } = await openFixture({ mode: 'enforce', model: failingModel(2) });
    await invite(FRIENDS);
    await background.run();
    expect(addresses()).toEqual([]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      testApp.advance(MINUTE_MS);
      await background.run();
    }
    expect([addresses().length, background.failures.length]).toEqual([3, 2]);
    expect(background.assessments.map(({ outcome }) => outcome)).toEqual(['passed']);
  });

  it.each([
    ['send', 3, undefined],
    ['hold', 0, { score: null, reasons: [{ feature: 'not-scored', contribution: 0 }], isEnforced: true }],
  ] as const)('do what the operator has chosen where they can’t be scored for long: %s', async (onFailure, mails, hold) => {
    const model = failingModel(Number.POSITIVE_INFINITY);
    const { background, invite, holdOn, addresses, testApp, decide } = await openFixture({ mode: 'enforce', onFailure, model });
    const loan = await invite(FRIENDS);
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await background.run();
      testApp.advance(MINUTE_MS);
    }
    expect(addresses()).toHaveLength(mails);
    const stored = await holdOn(loan);
    if (hold) expect(stored?.data).toMatchObject(hold);
    else expect(stored).toBeUndefined();
    expect(background.assessments).toMatchObject([{ outcome: 'failed', error: new RangeError('no model') }]);
    if (hold) await decide(loan, 'released');
    await background.run();
    expect(addresses()).toHaveLength(3);
  });

  it('leave at once in shadow mode where they can’t be scored', async () => {
    const { background, invite, addresses } = await openFixture({ mode: 'shadow', model: failingModel(1), onFailure: 'hold' });
    await invite(FRIENDS);
    await background.run();
    expect([addresses().length, background.failures]).toEqual([3, []]);
    expect(background.assessments.map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  it('are not sent by a score that is not a number', async () => {
    const good = await builtInModel()();
    const weights = Object.fromEntries(
      Object.entries(good.weights).map(([name, each]) => [name, { ...each, scale: 1e-9, weight: Math.sign(each.weight) * 1e300 }]),
    );
    const model = async () => ({ ...good, weights: { ...good.weights, ...weights } });
    const { background, invite, addresses } = await openFixture({ mode: 'enforce', model, onFailure: 'hold' });
    await invite(victims());
    await background.run();
    expect([addresses(), background.assessments, background.failures]).toEqual([[], [], [expect.any(RangeError)]]);
  });

  it('leave nothing in the store where scores are off', async () => {
    const testApp = await openApp();
    const background = mailBackground(testApp);
    const borrower = await testApp.as('bo@example.com');
    const { invite, holdOn, addresses } = actionsOn(testApp, background, borrower);
    const loan = await invite(victims());
    await background.run();
    expect([addresses().length, await holdOn(loan), background.assessments]).toEqual([6, undefined, []]);
    expect(await testApp.store.get([senderInvitationsKey(borrower.userId)])).toEqual([undefined]);
  });

  function actionsOn(testApp: TestApp, background: ReturnType<typeof mailBackground>, borrower: TestUser) {
    const { store } = testApp;
    const inviteBy = async (by: TestUser, lenders: readonly object[]): Promise<LoanId> => {
      const { status, body } = await by.send('POST', '/loans', { body: { ...LOAN, lenders } });
      expect(status).toBe(201);
      return found(parseLoanId(body.loan.loan_id), body);
    };
    async function holdOn(loan: LoanId) {
      const [lender] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
      const [hold] = await store.get([holdKey(loan, Date.parse(lender.invited_at))]);
      return hold;
    }
    return {
      inviteBy,
      /** In a loan of its own. */
      invite: (lenders: readonly object[]) => inviteBy(borrower, lenders),
      holdOn,
      async decide(loan: LoanId, decision: HoldDecision): Promise<void> {
        const hold = found(await holdOn(loan), 'hold');
        const items = await store.get(hold.data.mailingIds.map(mailingKey));
        expect(items).not.toContain(undefined);
        const stored = items.flatMap((item) => (item ? [item] : []));
        const decided = decideHold(hold.data, stored.map(({ data }) => data), decision, OPERATOR, testApp.now); // biome-ignore format: one line
        const writes = decided.mailings.map((mailing) =>
          mailingWrite(mailing, stored.find(({ data }) => data.mailingId === mailing.mailingId)?.version ?? 0),
        );
        const result = await store.commit(testApp.app.services.ids.command(), [holdWrite(decided.hold, hold.version), ...writes]);
        expect(result).toEqual({ committed: true });
        const rows = await store.listIndex({ partition: holdIndex(true), limit: 10 });
        expect(rows.map(({ key }) => key)).toContainEqual(hold.key);
      },
      async nextDay(): Promise<void> {
        testApp.advance(DAY_MS - (testApp.now % DAY_MS) + MINUTE_MS);
        await background.run();
      },
      /** What the sender's mail count remembers. */
      async waiting() {
        const [count] = await store.get([senderMailCountKey(borrower.userId)]);
        return count?.data.waiting;
      },
      addresses: () => background.messages.map(({ to }) => String(to)),
    };
  }
});
