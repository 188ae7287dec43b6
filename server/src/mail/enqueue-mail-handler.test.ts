import { describe, expect, it } from 'vitest';
import { parseLoanId } from '../domain/ids.ts';
import { createOutgoingMail } from '../domain/outgoing-mail.ts';
import { mailQueueShards } from '../storage/index-keys.ts';
import { eventBatchKey, mailingIdOf, mailingKey, outgoingMailKey } from '../storage/keys.ts';
import { lenders, openTestApp } from '../testing/app/test-app.ts';
import { enqueueMailHandler } from './enqueue-mail-handler.ts';

describe('enqueueMailHandler', () => {
  it('stores no mail again that an earlier version has stored before it died', async () => {
    const testApp = await openTestApp();
    const { store } = testApp;
    const { ids } = testApp.app.services;
    const loanId = parseLoanId(await (await testApp.as('borrower@example.com')).postsLoan({ lenders: lenders(3, 1) }));
    if (!loanId) throw new Error('the loan has no id');
    const [batch] = await store.batchGet([eventBatchKey(loanId, 1)]);
    if (!batch) throw new Error('no event batch');
    const [ana, ben] = batch.data.events.flatMap((event) => (event.type === 'lender.invited' ? [event.lender] : []));
    for (const { lenderId, round, userId, email: to } of [ana, ben].filter((lender) => lender !== undefined)) {
      const mailId = ids.outgoingMail('invitation', loanId, lenderId, round);
      const about = {
        mailId,
        kind: 'invitation',
        loanId,
        lenderId,
        round,
        userId,
        to,
        requestId: ids.request(),
        traceparent: null,
      } as const;
      const data = { ...createOutgoingMail(about, testApp.now), state: { name: 'sent', at: testApp.now } } as const;
      await store.commit(ids.command(), [{ key: outgoingMailKey(mailId), expected: 0, data }]);
    }
    testApp.advance(10_000);
    await enqueueMailHandler({ store, ids, clock: () => testApp.now }).handle(batch.data, new AbortController().signal, false);
    const rows = await Promise.all(mailQueueShards().map((partition) => store.listIndex({ partition, limit: 10 })));
    const mailings = await store.batchGet(rows.flat().map(({ key }) => mailingKey(mailingIdOf(key.partition))));
    expect(mailings.flatMap((item) => item?.data.mails.map(({ to }) => to))).toEqual([lenders(3, 1)[2]?.email]);
    await testApp.close();
  });

  it('stops between two pages of lenders of a funded loan when it is aborted', async () => {
    const testApp = await openTestApp();
    const borrower = await testApp.as('borrower@example.com');
    const loanId = parseLoanId(await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 20_000 }] }));
    if (!loanId) throw new Error('the loan has no id');
    await (await testApp.as('ana@example.com')).post(`/invitations/${loanId}/accept`);
    const [funded] = await testApp.store.batchGet([eventBatchKey(loanId, 2)]);
    if (!funded) throw new Error('no event batch');
    const stopping = new AbortController();
    const list: typeof testApp.store.list = async (range) => {
      const [row] = await testApp.store.list(range);
      stopping.abort(new Error('stopped'));
      return row ? Array.from({ length: 100 }, () => row) : []; // a full page, so that another one follows
    };
    const commit: typeof testApp.store.commit = async () => ({ committed: true });
    const { ids } = testApp.app.services;
    const handler = enqueueMailHandler({ store: { ...testApp.store, list, commit }, ids, clock: () => testApp.now });
    await expect(handler.handle(funded.data, stopping.signal, false)).rejects.toThrow('stopped');
    await testApp.close();
  });
});
