import { describe, expect, it } from 'vitest';
import { type CommandId, parseLenderId, parseLoanId } from '../domain/ids.ts';
import { canonicalMailbox } from '../domain/mail/canonical-mailbox.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { dailyMailCountKey, invitationNoticeKey, senderMailCountKey } from '../storage/keys.ts';
import { type CommitResult, isDelete, type Put, type Store, StoreError, type Write } from '../storage/store.ts';
import { emailOf, found } from '../testing/app/domain-fixtures.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { newCommand } from '../testing/dynamodb/proxied-store.ts';
import { openMailApp } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';

const DAY_MS = 86_400_000;

/** An invitation of ana to lend 50.00, which has been mailed today. */
async function openInvited(open: () => Promise<Store>) {
  const mailApp = await openMailApp({ store: await open(), transport: memoryTransport().transport });
  const { testApp, dispatch, sender, onError } = mailApp;
  const borrower = await testApp.as('borrower@example.com');
  const loan = await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 5000 }] });
  const { lender_id: lender } = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders[0];
  async function run(): Promise<void> {
    await dispatch();
    await sender.sendDue(onError);
  }
  await run();
  return {
    ...mailApp,
    run,
    noticeKey: invitationNoticeKey(found(parseLoanId(loan), loan), found(parseLenderId(lender), lender)),
    dayKey: dailyMailCountKey(canonicalMailbox(emailOf('ana@example.com')), periodAt('day', testApp.now)),
    async changesTo(...amounts: readonly number[]): Promise<void> {
      for (const contribution_amount of amounts) await borrower.patch(`/loans/${loan}/lenders/${lender}`, { contribution_amount });
    },
  };
}

/** What happens between a claim and the counts of its mails, where these are written by themselves. */
type Interruption = (counts: readonly Put[]) => Promise<CommitResult>;

/** Makes the other writes of the next commit that has separate ones, and then what the interruption does. */
function interrupting(store: Store) {
  let interruption: Interruption | undefined;
  return {
    store: {
      ...bound(store),
      async commit(command: CommandId, writes: readonly Write[]) {
        const counts = writes.filter((write): write is Put => write.isSeparate === true && !isDelete(write) && writes.length > 1);
        const next = counts.length > 0 ? interruption : undefined;
        if (!next) return store.commit(command, writes);
        interruption = undefined;
        const result = await store.commit(
          command,
          writes.filter((write) => !counts.includes(write as Put)),
        );
        return result.committed ? next(counts) : result;
      },
    } satisfies Store,
    interruptNext(next: Interruption): void {
      interruption = next;
    },
  };
}

function bound(store: Store): Store {
  return {
    get: (keys) => store.get(keys),
    batchGet: (keys) => store.batchGet(keys),
    list: (range) => store.list(range),
    listIndex: (range) => store.listIndex(range),
    commit: (...args) => store.commit(...args),
    close: () => store.close(),
  };
}

/** Two invitations that are to be mailed, and a way to interrupt their claim. */
async function openInterrupted(open: () => Promise<Store>) {
  const { transport, subjects } = memoryTransport();
  const { store, interruptNext } = interrupting(await open());
  const mailApp = await openMailApp({ store, transport });
  const { testApp, services } = mailApp;
  const borrower = await testApp.as('borrower@example.com');
  const invited = ['ana', 'ben'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));
  await borrower.postsLoan({ lenders: invited });
  const dayOf = (name: string) => dailyMailCountKey(canonicalMailbox(emailOf(`${name}@example.com`)), periodAt('day', testApp.now));
  return {
    ...mailApp,
    subjects,
    interruptNext,
    async counts(): Promise<unknown[]> {
      return (await store.get([dayOf('ana'), dayOf('ben')])).map((day) => day?.data.count);
    },
    /** The borrower's mails of the day. */
    async sent(): Promise<unknown> {
      return (await store.get([senderMailCountKey(borrower.userId)]))[0]?.data.count;
    },
    /** Others count mails to ana. */
    async fill(count: number): Promise<void> {
      await store.commit(services.ids.command(), [{ key: dayOf('ana'), expected: 0, data: { count, loanIds: [], notices: [] } }]);
    },
    async run(): Promise<void> {
      await mailApp.dispatch();
      await mailApp.sender.sendDue(mailApp.onError);
    },
  };
}

describe.each(engines)('claimMailing on $name', ({ open }) => {
  it.each([
    ['sends', 2, 'invitation sent', 3],
    ['holds back', 3, 'invitation held-back', 3],
  ])('%s a mail whose count others have raised to %i after the claim', async (_verb, count, outcome, counted) => {
    const { testApp, interruptNext, fill, run, counts, sent, outcomes, errors } = await openInterrupted(open);
    interruptNext(async ([ana, ...others]) => {
      await fill(count);
      const result = others.length > 0 ? await testApp.store.commit(newCommand(), others) : undefined;
      expect([ana?.key.partition, result]).toEqual([expect.stringContaining('ana@'), { committed: true }]);
      return { committed: false, current: new Map([[1, undefined]]) };
    });
    await run();
    expect([outcomes().toSorted(), errors]).toEqual([[outcome, 'invitation sent'].toSorted(), []]);
    expect([await counts(), await sent()]).toEqual([[counted, 1], 2]);
  });

  it.each([
    ['before', 0, 0],
    ['among', 1, 0],
    ['after', 2, 0],
    ['before, and whose mailbox is full then', 0, 3],
  ])('counts each mail once where a process dies %s its counts', async (_when, written, full) => {
    const { testApp, interruptNext, fill, run, counts, sent, sender, onError, subjects, outcomes, errors } =
      await openInterrupted(open);
    interruptNext(async (separate) => {
      if (written > 0) await testApp.store.commit(newCommand(), separate.slice(0, written));
      throw new StoreError('unavailable', 'the process died');
    });
    await run();
    expect([subjects(), errors]).toEqual([[], [expect.any(StoreError)]]);
    if (full > 0) await fill(full);
    testApp.advance(180_000);
    await sender.sendDue(onError);
    expect(outcomes().toSorted()).toEqual([full > 0 ? 'invitation held-back' : 'invitation sent', 'invitation sent'].toSorted());
    expect([await counts(), await sent()]).toEqual([[full > 0 ? full : 1, 1], 2]);
  });

  it('drops changed amounts that end at the one that the mail of an earlier day has named', async () => {
    const { testApp, run, changesTo, outcomes, errors } = await openInvited(open);
    testApp.advance(3 * DAY_MS);
    await changesTo(10, 5000);
    await run();
    expect([outcomes(), errors]).toEqual([['invitation sent', 'changed obsolete', 'changed obsolete'], []]);
    await changesTo(10);
    await run();
    expect(outcomes().slice(3)).toEqual(['changed sent']);
  });

  it('reads the notice that an earlier version has stored by itself', async () => {
    const { testApp, services, run, changesTo, outcomes, noticeKey, dayKey } = await openInvited(open);
    const [day] = await testApp.store.get([dayKey]);
    const { notices: [notice] = [], neededUntil: _, ...earlierDay } = found(day, 'a day').data;
    const { lenderId: _l, ...earlierNotice } = found(notice, 'a notice');
    await testApp.store.commit(services.ids.command(), [
      { key: dayKey, expected: 1, data: earlierDay },
      { key: noticeKey, expected: 0, data: earlierNotice },
    ]);
    testApp.advance(DAY_MS);
    await changesTo(10, 5000);
    await run();
    expect(outcomes()).toEqual(['invitation sent', 'changed obsolete', 'changed obsolete']);
  });

  it('stores the notice of an invitation with the day of its mailbox, and nowhere else', async () => {
    const { testApp, noticeKey, dayKey } = await openInvited(open);
    const [notice, day] = await testApp.store.get<unknown>([noticeKey, dayKey]);
    expect([notice, day?.data]).toEqual([undefined, expect.objectContaining({ count: 1, notices: [expect.anything()] })]);
  });
});
