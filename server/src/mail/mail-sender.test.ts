import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config/config.ts';
import { parseLoanId } from '../domain/ids.ts';
import { MAILS_PER_MAILING } from '../domain/mail/mailing.ts';
import { OutboxDispatcher } from '../outbox/dispatcher.ts';
import { fixedKeyRing } from '../storage/key-ring.ts';
import { eventBatchKey } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import type { MailAttempt } from '../telemetry/background-log.ts';
import { csv, lines, runToEnd, upload } from '../testing/app/import-helpers.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { RENEW_MS_MIN, untilAborted } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import { optOutOfMail } from '../usecases/invitations/respond-by-email.ts';
import { mailLinks } from './action-links.ts';
import { enqueueMailHandler } from './enqueue-mail-handler.ts';
import { MailSender, type SendLimits } from './mail-sender.ts';
import { parseMailbox } from './message.ts';
import { MailTransportError } from './transports/transport.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Fixture = Awaited<ReturnType<typeof openFixture>>;

async function openFixture(open: () => Promise<Store>) {
  const testApp = await openTestApp({ store: await open() });
  onTestFinished(() => testApp.close());
  const { transport, messages, state, subjects } = memoryTransport();
  const attempts: MailAttempt[] = [];
  const errors: unknown[] = [];
  const { services } = testApp.app;
  const from = parseMailbox('Private Lending <mail@lending.example.org>');
  if (!from) throw new Error('invalid sender');
  const links = mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 5)) });
  const onError = (error: unknown) => void errors.push(error);
  const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
    ms > RENEW_MS_MIN ? untilAborted(signal) : Promise.resolve(testApp.advance(ms));
  const senderOn = (store: Store = testApp.store) =>
    new MailSender({
      services: { ...services, store },
      transport,
      from,
      language: 'en',
      links,
      limits: readConfig({ PACING: 'off' }).mail.limits,
      onAttempt: (one) => void attempts.push(one),
      pause,
    });
  const sender = senderOn();
  const options = { store: testApp.store, ids: services.ids, clock: () => testApp.now };
  const dispatcher = new OutboxDispatcher({
    ...options,
    handlers: [enqueueMailHandler(options)],
    onFailure: ({ error }) => onError(error),
    onError,
  });
  const sendDue = (limits?: SendLimits, by = sender) => by.sendDue(onError, limits);

  async function dispatch(): Promise<void> {
    testApp.advance(11_000);
    await dispatcher.deliverAbandoned(onError);
  }

  return {
    testApp,
    borrower: await testApp.as('borrower@example.com', { name: 'Bo' }),
    messages,
    state,
    subjects,
    senderOn,
    sendDue,
    dispatch,
    errors,
    links,
    outcomes: () => attempts.map(({ outcome, outgoingMail }) => `${outgoingMail.kind} ${outcome}`),
    /** A minute past the next midnight, UTC. */
    advanceToNextDay(): void {
      testApp.advance(DAY_MS - (testApp.now % DAY_MS) + MINUTE_MS);
    },
    async dispatchAndSend(): Promise<void> {
      await dispatch();
      await sendDue();
    },
    async invite(by: TestUser, ...addresses: readonly string[]): Promise<string> {
      return by.postsLoan({ lenders: addresses.map((email) => ({ email, contribution_amount: 5000 })) });
    },
  };
}

async function lenderIdOf({ borrower }: Fixture, loanId: string): Promise<string> {
  return (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders[0].lender_id;
}

describe.each(engines)('MailSender on $name', ({ open }) => {
  it('sends each mail to its recipient once', async () => {
    const fixture = await openFixture(open);
    const { testApp, borrower, subjects, dispatchAndSend } = fixture;
    const [ana, ben, chloe] = await Promise.all(['ana', 'ben', 'chloe'].map((name) => testApp.as(`${name}@example.com`)));
    const loanId = await fixture.invite(borrower, 'ana@example.com', 'ben@example.com', 'chloe@example.com');
    await dispatchAndSend();
    expect(subjects().toSorted()).toEqual(
      ['ana', 'ben', 'chloe'].map((name) => `${name}@example.com: You are invited to lend 5,000.00 USD`),
    );
    for (const lender of [ana, ben]) await lender?.post(`/invitations/${loanId}/accept`);
    await chloe?.post(`/invitations/${loanId}/decline`);
    await dispatchAndSend();
    expect(subjects().slice(3).toSorted()).toEqual([
      'borrower@example.com: Accepted: a lender agreed to lend 5,000.00 USD',
      'borrower@example.com: Accepted: a lender agreed to lend 5,000.00 USD',
      'borrower@example.com: Declined: a lender will not lend 5,000.00 USD',
    ]);
    await borrower.post(`/loans/${loanId}/close`);
    await dispatchAndSend();
    expect(subjects().slice(6).toSorted()).toEqual([
      'ana@example.com: The loan is closed: you lend 5,000.00 USD',
      'ben@example.com: The loan is closed: you lend 5,000.00 USD',
      'borrower@example.com: Your loan is closed at 10,000.00 USD',
    ]);
    await dispatchAndSend();
    expect([subjects().length, fixture.errors]).toEqual([9, []]);
  });

  it('sends a mail again, with the same Message-ID, if the process dies before it stores the outcome', async () => {
    const fixture = await openFixture(open);
    const { store } = fixture.testApp;
    await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatch();
    let commits = 0;
    const killed: Store = {
      ...store,
      async commit(command, writes) {
        commits += 1;
        if (commits > 1) throw new StoreError('unavailable', 'killed');
        return store.commit(command, writes);
      },
    };
    await fixture.sendDue({}, fixture.senderOn(killed));
    expect(fixture.messages).toHaveLength(1);
    await fixture.sendDue(); // still claimed
    expect(fixture.messages).toHaveLength(1);
    fixture.testApp.advance(3 * MINUTE_MS);
    await fixture.sendDue();
    expect(fixture.messages).toHaveLength(2);
    expect(fixture.messages[1]).toEqual(fixture.messages[0]);
    await fixture.sendDue();
    expect(fixture.messages).toHaveLength(2);
  });

  it('sends each mail once when several senders run at the same time', async () => {
    const fixture = await openFixture(open);
    await fixture.invite(fixture.borrower, ...Array.from({ length: 4 }, (_, index) => `l${index}@example.com`));
    await fixture.dispatch();
    await Promise.all([1, 2, 3].map(() => fixture.sendDue({}, fixture.senderOn())));
    expect(fixture.subjects().toSorted()).toEqual(
      [0, 1, 2, 3].map((n) => `l${n}@example.com: You are invited to lend 5,000.00 USD`),
    );
  });

  it('queues the missing mailings of an event batch that was handled in part', async () => {
    const fixture = await openFixture(open);
    const { store, app, now } = fixture.testApp;
    const loanId = parseLoanId(await fixture.borrower.postsLoan());
    if (!loanId) throw new Error('the loan has no id');
    const file = await upload(fixture.borrower, loanId, csv(...lines(30, 1, 'l')));
    await runToEnd(fixture.testApp, file.body.import.import_id);
    const [batch] = await store.batchGet([eventBatchKey(loanId, 2)]);
    if (!batch) throw new Error('no event batch');
    const handler = enqueueMailHandler({ store, ids: app.services.ids, clock: () => now });
    const { signal } = new AbortController();
    await handler.handle({ ...batch.data, events: batch.data.events.slice(0, MAILS_PER_MAILING) }, signal, false);
    for (const _time of [1, 2]) await handler.handle(batch.data, signal, false);
    await fixture.sendDue();
    expect(fixture.messages.length).toBe(30);
    expect(new Set(fixture.messages.map(({ to }) => to)).size).toBe(30);
  });

  it('starts no further mail once its signal is aborted', async () => {
    const fixture = await openFixture(open);
    for (const loan of ['a', 'b', 'c']) {
      await fixture.invite(fixture.borrower, ...[0, 1, 2, 3].map((n) => `${loan}${n}@example.com`));
    }
    await fixture.dispatch();
    await fixture.sendDue({ signal: AbortSignal.abort() });
    expect(fixture.messages).toHaveLength(0);
    const controller = new AbortController();
    const { store } = fixture.testApp;
    const commit: Store['commit'] = (...commits) => {
      controller.abort(); // at the first claim
      return store.commit(...commits);
    };
    await fixture.sendDue({ signal: controller.signal }, fixture.senderOn({ ...store, commit }));
    expect(fixture.messages.length).toBeLessThanOrEqual(8); // one per index shard
    await fixture.sendDue();
    expect(fixture.messages).toHaveLength(12);
  });

  it('sends a mailbox at most three invitations a day over all borrowers, and the rest on the next days', async () => {
    const fixture = await openFixture(open);
    const spellings = ['v@example.com', 'V+1@example.com', 'v+2@example.com', 'v+3+x@example.com', 'v@example.com'];
    for (const [index, address] of spellings.entries()) {
      await fixture.invite(await fixture.testApp.as(`b${index}@example.org`), address);
      await fixture.dispatchAndSend();
    }
    expect([fixture.subjects().length, fixture.outcomes().slice(3)]).toEqual([3, Array(2).fill('invitation held-back')]);
    fixture.testApp.advance(HOUR_MS);
    await fixture.sendDue();
    expect(fixture.subjects()).toHaveLength(3);
    fixture.advanceToNextDay();
    await fixture.sendDue();
    expect(fixture.subjects().slice(3).toSorted()).toEqual(
      ['v+3+x', 'v'].map((name) => `${name}@example.com: You are invited to lend 5,000.00 USD`),
    );
  });

  it('sends the mail of the newest round on the next day, with its amount, and drops those of earlier rounds', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    const lender = `/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}`;
    for (const contribution_amount of [10, 20]) {
      await fixture.borrower.delete(lender);
      await fixture.borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: 'ana@example.com', contribution_amount }] });
      await fixture.dispatchAndSend();
    }
    expect(fixture.outcomes()).toEqual(['invitation sent', 'invitation held-back', 'invitation held-back']);
    fixture.advanceToNextDay();
    await fixture.sendDue();
    expect(fixture.outcomes().slice(3).toSorted()).toEqual(['invitation obsolete', 'invitation sent']);
    expect(fixture.subjects()[1]).toBe('ana@example.com: You are invited to lend 20.00 USD');
    expect(fixture.testApp.now - (fixture.messages[1]?.at ?? 0)).toBeLessThanOrEqual(MINUTE_MS); // dated when it was due
    const token = /#([\w-]{88})/.exec(fixture.messages[1]?.text ?? '')?.[1] ?? '';
    expect((await fixture.links.open(token, 'decline', fixture.testApp.now))?.round).toBe(3);
    fixture.advanceToNextDay();
    await fixture.sendDue();
    expect(fixture.subjects()).toHaveLength(2);
  });

  it('drops what it held back if the invitation has ended meanwhile', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    const lender = `/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}`;
    await fixture.borrower.patch(lender, { contribution_amount: 10 });
    await fixture.dispatchAndSend();
    await fixture.borrower.delete(lender);
    fixture.advanceToNextDay();
    await fixture.dispatchAndSend();
    expect(fixture.outcomes()).toEqual(['invitation sent', 'changed held-back', 'changed obsolete']);
  });

  it('announces a changed amount within the limits, once, with the amount as it is then', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    const lender = `/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}`;
    for (const contribution_amount of [10, 20, 30]) {
      await fixture.borrower.patch(lender, { contribution_amount });
      await fixture.dispatchAndSend();
    }
    fixture.advanceToNextDay();
    await fixture.sendDue();
    expect(fixture.subjects()[1]).toBe('ana@example.com: Changed: you are now invited to lend 30.00 USD');
    fixture.advanceToNextDay();
    await fixture.dispatchAndSend();
    expect(fixture.subjects()).toHaveLength(2);
    expect(fixture.outcomes().filter((one) => one === 'changed obsolete')).toHaveLength(2);
    await fixture.borrower.patch(lender, { contribution_amount: 40 });
    await fixture.dispatchAndSend();
    expect(fixture.subjects()[2]).toBe('ana@example.com: Changed: you are now invited to lend 40.00 USD');
  });

  it('does not announce a changed amount that the invitation itself has named', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.borrower.patch(`/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}`, { contribution_amount: 10 });
    await fixture.dispatch();
    for (let day = 0; day < 3; day += 1) {
      await fixture.sendDue();
      fixture.advanceToNextDay();
    }
    expect(fixture.subjects()).toEqual([expect.stringMatching(/ 10\.00 USD$/)]);
  });

  it('sends a held back reminder on the next day, and no second one for reminders that waited with it', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    await fixture.borrower.post(`/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}/reminders`);
    await fixture.sendDue();
    expect(fixture.outcomes()).toEqual(['invitation sent', 'reminder held-back']);
    for (const name of ['x', 'y', 'z']) await fixture.invite(await fixture.testApp.as(`${name}@example.org`), 'ana@example.com');
    await fixture.dispatchAndSend();
    fixture.advanceToNextDay();
    await fixture.borrower.post(`/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}/reminders`);
    fixture.testApp.advance(MINUTE_MS);
    await fixture.sendDue();
    fixture.advanceToNextDay();
    await fixture.sendDue();
    expect(fixture.subjects().filter((subject) => subject.includes('Reminder'))).toHaveLength(1);
  });

  it('sends a reminder on the day after the invitation', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    fixture.testApp.advance(DAY_MS);
    const { status, body } = await fixture.borrower.post(`/loans/${loanId}/lenders/${await lenderIdOf(fixture, loanId)}/reminders`);
    expect([status, body.lender.status, body.next_reminder_at]).toEqual([202, 'pending', '2026-03-03T00:00:00.000Z']);
    await fixture.sendDue();
    expect(fixture.subjects()[1]).toBe('ana@example.com: Reminder: you are invited to lend 5,000.00 USD');
  });

  it('drops an invitation to a cancelled loan', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com', 'ben@example.com');
    await fixture.borrower.post(`/loans/${loanId}/cancel`);
    await fixture.dispatchAndSend();
    expect([fixture.subjects(), fixture.outcomes()]).toEqual([[], ['invitation obsolete', 'invitation obsolete']]);
  });

  it('drops every mail to an address that has opted out', async () => {
    const fixture = await openFixture(open);
    const loanId = await fixture.invite(fixture.borrower, 'ana@example.com');
    await fixture.dispatchAndSend();
    const oneClick = fixture.messages[0]?.headers['List-Unsubscribe'] ?? '';
    const token = new URL(oneClick.slice(1, -1)).searchParams.get('token') ?? '';
    const ref = await fixture.links.open(token, 'opt out', fixture.testApp.now);
    if (!ref) throw new Error('the mail has no valid token');
    const { services } = fixture.testApp.app;
    const metadata = { requestId: services.ids.request(), traceparent: null };
    for (const attempt of [1, 2]) await expect(optOutOfMail(services, ref, metadata), `${attempt}`).resolves.toBeUndefined();
    await (await fixture.testApp.as('ana@example.com')).post(`/invitations/${loanId}/accept`);
    await fixture.borrower.post(`/loans/${loanId}/close`);
    await fixture.invite(await fixture.testApp.as('other@example.org'), 'ana@example.com');
    await fixture.dispatchAndSend();
    expect(fixture.outcomes().toSorted()).toEqual(
      ['accepted sent', 'funded opted-out', 'funded sent', 'invitation opted-out', 'invitation sent'].toSorted(),
    );
  });

  it('retries while the transport is unavailable, and fails the mail after two days', async () => {
    const fixture = await openFixture(open);
    await fixture.invite(fixture.borrower, 'ana@example.com');
    fixture.state.error = new MailTransportError('unavailable', 'connection refused');
    await fixture.dispatchAndSend();
    await fixture.sendDue();
    expect(fixture.outcomes()).toEqual(['invitation postponed']);
    fixture.testApp.advance(MINUTE_MS);
    fixture.state.error = undefined;
    await fixture.sendDue();
    expect(fixture.outcomes()).toEqual(['invitation postponed', 'invitation sent']);
    await fixture.invite(fixture.borrower, 'ben@example.com');
    fixture.state.error = new Error('connection refused');
    await fixture.dispatchAndSend();
    for (let hour = 0; hour < 50; hour += 2) {
      await fixture.sendDue();
      fixture.testApp.advance(2 * HOUR_MS);
    }
    expect(fixture.outcomes().at(-1)).toBe('invitation failed');
    expect(fixture.outcomes().filter((one) => one === 'invitation failed')).toHaveLength(1);
  });

  it('fails a mail that the transport rejects at once', async () => {
    const fixture = await openFixture(open);
    await fixture.invite(fixture.borrower, 'ana@example.com');
    fixture.state.error = new MailTransportError('rejected', '550');
    await fixture.dispatchAndSend();
    fixture.testApp.advance(DAY_MS);
    await fixture.dispatchAndSend();
    expect([fixture.outcomes(), fixture.errors]).toEqual([['invitation failed'], []]);
  });

  it('sends a mail to every lender of a funded loan with many lenders', async () => {
    const fixture = await openFixture(open);
    const addresses = Array.from({ length: 30 }, (_, index) => `l${index}@example.com`);
    const loanId = await fixture.borrower.postsLoan({ amount: 30 });
    for (let from = 0; from < 30; from += 15) {
      const lenders = addresses.slice(from, from + 15).map((email) => ({ email, contribution_amount: 1 }));
      await fixture.borrower.post(`/loans/${loanId}/lenders`, { lenders });
    }
    for (const address of addresses) await (await fixture.testApp.as(address)).post(`/invitations/${loanId}/accept`);
    await fixture.dispatchAndSend();
    const funded = fixture.outcomes().filter((one) => one === 'funded sent');
    expect(funded).toHaveLength(31);
    expect(fixture.errors).toEqual([]);
  });
});
