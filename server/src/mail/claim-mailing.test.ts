import { describe, expect, it } from 'vitest';
import { parseLenderId, parseLoanId } from '../domain/ids.ts';
import { canonicalMailbox } from '../domain/mail/canonical-mailbox.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { dailyMailCountKey, invitationNoticeKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { emailOf, found } from '../testing/app/domain-fixtures.ts';
import { engines } from '../testing/dynamodb/engines.ts';
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

describe.each(engines)('claimMailing on $name', ({ open }) => {
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
