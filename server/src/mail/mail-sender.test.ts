import { describe, expect, it, onTestFinished } from 'vitest';
import { parseLoanId } from '../domain/ids.ts';
import { OutboxDispatcher } from '../outbox/dispatcher.ts';
import { eventBatchKey } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import { openTestApp, type Person } from '../testing/app/test-app.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import { optOutOfMail } from '../usecases/invitations/respond-by-email.ts';
import { mailLinks } from './action-links.ts';
import { enqueueMailHandler } from './enqueue-mail-handler.ts';
import { type MailEnded, Mailer } from './mail-sender.ts';
import { parseMailbox } from './message.ts';
import { MailTransportError } from './transports/transport.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Scene = Awaited<ReturnType<typeof openScene>>;

async function openScene(open: () => Promise<Store>) {
  const testApp = await openTestApp({ store: await open() });
  onTestFinished(() => testApp.close());
  const { transport, messages, state, told } = memoryTransport();
  const ended: MailEnded[] = [];
  const faults: unknown[] = [];
  const { services } = testApp.app;
  const { ids } = services;
  const from = parseMailbox('Private Lending <post@lending.example.org>');
  if (!from) throw new Error('the sender is an address');
  const links = mailLinks({ publicUrl: 'https://lending.example.org', key: Buffer.alloc(32, 5) });
  const common = { store: testApp.store, ids, clock: () => testApp.now };
  const onFault = (fault: unknown) => void faults.push(fault);
  const newMailer = (store: Store = testApp.store) =>
    new Mailer({ services: { ...services, store }, transport, from, links, onEnd: (one) => void ended.push(one), onFault });
  const mailer = newMailer();
  const dispatcher = new OutboxDispatcher({
    ...common,
    handlers: [enqueueMailHandler(common)],
    onFailure: ({ fault }) => onFault(fault),
    onFault,
  });

  async function deliver(): Promise<void> {
    testApp.advance(11_000);
    await dispatcher.deliverAbandoned();
  }

  const borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  return {
    ...{ testApp, borrower, messages, state, told, mailer, newMailer, dispatcher, deliver, faults, links },
    outcomes: () => ended.map(({ kind, outcome }) => `${kind} ${outcome}`),
    /** Has all that has happened so far told. */
    async tell(): Promise<void> {
      await deliver();
      await mailer.sendDue();
    },
    async invites(by: Person, ...addresses: readonly string[]): Promise<string> {
      const lenders = addresses.map((email) => ({ email, contribution_amount: 5000 }));
      return by.postsLoan({ lenders });
    },
  };
}

async function lenderIdOf({ borrower }: Scene, loanId: string): Promise<string> {
  return (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders[0].lender_id;
}

describe.each(engines)('mail on $name', ({ open }) => {
  it('tells everybody what concerns them, once', async () => {
    const scene = await openScene(open);
    const { testApp, borrower, told, tell } = scene;
    const [ana, ben, chloe] = await Promise.all(['ana', 'ben', 'chloe'].map((name) => testApp.as(`${name}@example.com`)));
    const loanId = await scene.invites(borrower, 'ana@example.com', 'ben@example.com', 'chloe@example.com');
    await tell();
    expect(told().toSorted()).toEqual(
      ['ana', 'ben', 'chloe'].map((name) => `${name}@example.com: You are invited to lend 5000.00 USD`),
    );
    for (const person of [ana, ben]) await person?.post(`/invitations/${loanId}/accept`);
    await chloe?.post(`/invitations/${loanId}/decline`);
    await tell();
    expect(told().slice(3).toSorted()).toEqual([
      'borrower@example.com: Accepted: a lender takes part with 5000.00 USD',
      'borrower@example.com: Accepted: a lender takes part with 5000.00 USD',
      'borrower@example.com: Declined: a lender does not take part with 5000.00 USD',
    ]);
    await borrower.post(`/loans/${loanId}/close`);
    await tell();
    expect(told().slice(6).toSorted()).toEqual([
      'ana@example.com: The loan that you take part in is funded: 5000.00 USD from you',
      'ben@example.com: The loan that you take part in is funded: 5000.00 USD from you',
      'borrower@example.com: Your loan is funded: 10000.00 USD',
    ]);
    await tell();
    expect([told().length, scene.faults]).toEqual([9, []]);
  });

  it('is sent twice only where nobody wrote down that it was sent, and then is the same under one Message-ID', async () => {
    const scene = await openScene(open);
    const { store } = scene.testApp;
    await scene.invites(scene.borrower, 'ana@example.com');
    await scene.deliver();
    let commits = 0;
    const dying: Store = {
      ...store,
      async commit(command, writes) {
        commits += 1;
        if (commits > 1) throw new StoreError('unavailable', 'killed');
        return store.commit(command, writes);
      },
    };
    await scene.newMailer(dying).sendDue();
    expect(scene.messages).toHaveLength(1);
    await scene.mailer.sendDue(); // it is claimed, and left alone
    expect(scene.messages).toHaveLength(1);
    scene.testApp.advance(3 * MINUTE_MS);
    await scene.mailer.sendDue();
    expect(scene.messages).toHaveLength(2);
    expect(scene.messages[1]).toEqual(scene.messages[0]);
    await scene.mailer.sendDue();
    expect(scene.messages).toHaveLength(2);
  });

  it('is sent by one of several that look for it at the same time', async () => {
    const scene = await openScene(open);
    await scene.invites(scene.borrower, ...Array.from({ length: 4 }, (_, index) => `l${index}@example.com`));
    await scene.deliver();
    await Promise.all([scene.mailer, scene.newMailer(), scene.newMailer()].map((mailer) => mailer.sendDue()));
    expect(scene.told().toSorted()).toEqual([0, 1, 2, 3].map((n) => `l${n}@example.com: You are invited to lend 5000.00 USD`));
  });

  it('is written down though others of its change were before', async () => {
    const scene = await openScene(open);
    const { store, app, now } = scene.testApp;
    const loanId = parseLoanId(await scene.invites(scene.borrower, 'ana@example.com', 'ben@example.com'));
    const [batch] = loanId ? await store.batchGet([eventBatchKey(loanId, 1)]) : [];
    if (!batch) throw new Error('the invitations have a chapter');
    const handler = enqueueMailHandler({ store, ids: app.services.ids, clock: () => now });
    const [, first] = batch.data.events; // behind that of the loan
    await handler.handle({ ...batch.data, events: first ? [first] : [] });
    await handler.handle(batch.data);
    await scene.mailer.sendDue();
    expect(scene.told().toSorted()).toEqual(['ana', 'ben'].map((n) => `${n}@example.com: You are invited to lend 5000.00 USD`));
  });

  it('is left for later by whoever is to end, also in the middle of it', async () => {
    const scene = await openScene(open);
    for (const loan of ['a', 'b', 'c']) {
      await scene.invites(scene.borrower, ...[0, 1, 2, 3].map((n) => `${loan}${n}@example.com`));
    }
    await scene.deliver();
    await scene.mailer.sendDue({ ending: AbortSignal.abort() });
    expect(scene.messages).toHaveLength(0);
    const ending = new AbortController();
    const { store } = scene.testApp;
    const commit: Store['commit'] = (...commits) => {
      ending.abort(); // with the first claim
      return store.commit(...commits);
    };
    await scene.newMailer({ ...store, commit }).sendDue({ ending: ending.signal });
    expect(scene.messages.length).toBeLessThanOrEqual(8); // one of each place where mail waits
    await scene.mailer.sendDue();
    expect(scene.messages).toHaveLength(12);
  });

  it('asks an address at most three times a day over all borrowers, and says nothing of the rest', async () => {
    const scene = await openScene(open);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await scene.invites(await scene.testApp.as(`${name}@example.org`), 'ana@example.com');
      await scene.tell();
    }
    expect([scene.told().length, scene.outcomes().slice(3)]).toEqual([3, ['invitation daily-limit', 'invitation daily-limit']]);
    scene.testApp.advance(DAY_MS);
    await scene.invites(scene.borrower, 'ana@example.com');
    await scene.tell();
    expect(scene.told()).toHaveLength(4);
  });

  it('asks an address once a day for one loan, however often it is invited to it', async () => {
    const scene = await openScene(open);
    const loanId = await scene.invites(scene.borrower, 'ana@example.com');
    await scene.tell();
    const lender = `/loans/${loanId}/lenders/${await lenderIdOf(scene, loanId)}`;
    for (let round = 2; round <= 3; round += 1) {
      await scene.borrower.delete(lender);
      await scene.borrower.post(`/loans/${loanId}/lenders`, { lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
      await scene.tell();
    }
    await scene.borrower.post(`${lender}/reminders`);
    await scene.tell();
    expect(scene.outcomes()).toEqual(['invitation sent', ...Array(2).fill('invitation daily-limit'), 'reminder daily-limit']);
  });

  it('reminds, the day after', async () => {
    const scene = await openScene(open);
    const loanId = await scene.invites(scene.borrower, 'ana@example.com');
    await scene.tell();
    scene.testApp.advance(DAY_MS);
    const { status, body } = await scene.borrower.post(`/loans/${loanId}/lenders/${await lenderIdOf(scene, loanId)}/reminders`);
    expect([status, body.lender.status, body.next_reminder_at]).toEqual([202, 'pending', '2026-03-03T00:00:00.000Z']);
    await scene.mailer.sendDue();
    expect(scene.told()[1]).toBe('ana@example.com: Reminder: you are invited to lend 5000.00 USD');
  });

  it('is not sent where it would not be true any more', async () => {
    const scene = await openScene(open);
    const loanId = await scene.invites(scene.borrower, 'ana@example.com', 'ben@example.com');
    await scene.borrower.post(`/loans/${loanId}/cancel`);
    await scene.tell();
    expect([scene.told(), scene.outcomes()]).toEqual([[], ['invitation moot', 'invitation moot']]);
  });

  it('does not reach who wants none, whatever it is about, and does not count as theirs', async () => {
    const scene = await openScene(open);
    const loanId = await scene.invites(scene.borrower, 'ana@example.com');
    await scene.tell();
    const oneClick = scene.messages[0]?.headers['List-Unsubscribe'] ?? '';
    const token = new URL(oneClick.slice(1, -1)).searchParams.get('token') ?? '';
    const ref = scene.links.open(token, 'opt out', scene.testApp.now);
    if (!ref) throw new Error('the mail bears a token');
    const { services } = scene.testApp.app;
    const under = { requestId: services.ids.request(), traceparent: null };
    for (const turn of [1, 2]) await expect(optOutOfMail(services, ref, under), `${turn}`).resolves.toBeUndefined();
    await (await scene.testApp.as('ana@example.com')).post(`/invitations/${loanId}/accept`);
    await scene.borrower.post(`/loans/${loanId}/close`);
    await scene.invites(await scene.testApp.as('other@example.org'), 'ana@example.com');
    await scene.tell();
    expect(scene.outcomes().toSorted()).toEqual(
      ['accepted sent', 'funded opted-out', 'funded sent', 'invitation opted-out', 'invitation sent'].toSorted(),
    );
  });

  it('is tried again later where nobody takes it, and given up after two days', async () => {
    const scene = await openScene(open);
    await scene.invites(scene.borrower, 'ana@example.com');
    scene.state.trouble = new MailTransportError('unavailable', 'nobody there');
    await scene.tell();
    await scene.mailer.sendDue();
    expect(scene.outcomes()).toEqual(['invitation postponed']);
    scene.testApp.advance(MINUTE_MS);
    scene.state.trouble = undefined;
    await scene.mailer.sendDue();
    expect(scene.outcomes()).toEqual(['invitation postponed', 'invitation sent']);
    await scene.invites(scene.borrower, 'ben@example.com');
    scene.state.trouble = new Error('nobody there');
    for (let hour = 0; hour < 50; hour += 1) {
      await scene.tell();
      scene.testApp.advance(HOUR_MS);
    }
    expect(scene.outcomes().at(-1)).toBe('invitation failed');
    expect(scene.outcomes().filter((one) => one === 'invitation failed')).toHaveLength(1);
  });

  it('is given up at once where it was refused for good', async () => {
    const scene = await openScene(open);
    await scene.invites(scene.borrower, 'ana@example.com');
    scene.state.trouble = new MailTransportError('rejected', '550');
    await scene.tell();
    scene.testApp.advance(DAY_MS);
    await scene.tell();
    expect([scene.outcomes(), scene.faults]).toEqual([['invitation failed'], []]);
  });

  it('tells all who take part in a loan, however many they are', async () => {
    const scene = await openScene(open);
    const addresses = Array.from({ length: 60 }, (_, index) => `l${index}@example.com`);
    const loanId = await scene.borrower.postsLoan({ amount: 60 });
    for (let from = 0; from < 60; from += 20) {
      const lenders = addresses.slice(from, from + 20).map((email) => ({ email, contribution_amount: 1 }));
      await scene.borrower.post(`/loans/${loanId}/lenders`, { lenders });
    }
    for (const address of addresses) await (await scene.testApp.as(address)).post(`/invitations/${loanId}/accept`);
    await scene.tell();
    const funded = scene.outcomes().filter((one) => one === 'funded sent');
    expect(funded).toHaveLength(61);
    expect(scene.faults).toEqual([]);
  });
});
