import { describe, expect, it } from 'vitest';
import { parseLoanId } from '../domain/ids.ts';
import { eventBatchKey } from '../storage/keys.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { enqueueMailHandler } from './enqueue-mail-handler.ts';

describe('enqueueMailHandler', () => {
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
    await expect(handler.handle(funded.data, stopping.signal)).rejects.toThrow('stopped');
    await testApp.close();
  });
});
