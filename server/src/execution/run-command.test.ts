import { expect, it } from 'vitest';
import { NO_ADDRESS } from '../auth/client-address.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lenders, openTestApp } from '../testing/app/test-app.ts';
import { closeLoan } from '../usecases/loans/close-loan.ts';
import { tokenCredential } from './authenticate.ts';
import { execute } from './execute.ts';
import { KeyedMutex } from './keyed-mutex.ts';

const MONTH_MS = 30 * 86_400_000;

it('decides a command by the time at which it runs, not at which it began to wait', async () => {
  const inner = openSqlite(':memory:');
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  /** The next commits wait for these. */
  const gates: Promise<void>[] = [];
  const store = {
    get: inner.get.bind(inner),
    batchGet: inner.batchGet.bind(inner),
    list: inner.list.bind(inner),
    listIndex: inner.listIndex.bind(inner),
    commit: async (...[command, writes]: Parameters<typeof inner.commit>) => {
      const held = gates.shift();
      if (held !== undefined) reached.resolve();
      await held;
      return inner.commit(command, writes);
    },
    close: () => inner.close(),
  };
  const testApp = await openTestApp({ store });
  const borrower = await testApp.as('borrower@example.com');
  const made = await borrower.post('/loans', { amount: 100, interest_rate: 1, term_months: 1, lenders: lenders(1, 10) });
  const path = `/loans/${made.body.loan.loan_id}/lenders`;

  testApp.advance(MONTH_MS - 1000);
  await borrower.get('/loans'); // signs in again, as a month has passed
  gates.push(gate.promise);
  const first = borrower.post(path, { lenders: lenders(1, 10, 'late') });
  await reached.promise;
  const waiting = borrower.delete(`${path}/${made.body.lenders[0].lender_id}`);
  await new Promise(setImmediate);
  testApp.advance(1000);
  gate.resolve();

  expect((await first).status).toBe(200);
  const { status, body } = await waiting;
  expect([status, body.message]).toEqual([409, 'This invitation is expired. Only a pending one can be revoked.']);
  await testApp.close();
});

it('counts a command as its caller’s while it waits', async () => {
  const testApp = await openTestApp();
  const { token, ...borrower } = await testApp.as('borrower@example.com');
  const loanId = await borrower.postsLoan();
  const { services } = testApp.app;
  const requestId = services.ids.request();
  const body = () => ({ members: {} });
  const read = async () => ({
    query: '',
    keys: { 'Idempotency-Key': undefined, 'X-Idempotency-Key': undefined },
    mediaType: '',
    parameters: { loan_id: loanId },
    body,
  });
  const request = { requestId, traceparent: null, credential: tokenCredential(token), address: NO_ADDRESS, read };
  const { result } = await execute({ ...services, mutex: new KeyedMutex(10, { perUserMax: 0 }) }, closeLoan, request);
  expect(result).toMatchObject({ code: 'SERVICE_UNAVAILABLE', metricType: 'Contention' });
  await testApp.close();
});
