import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { KEY_PURPOSES } from '../../src/storage/key-ring.ts';
import { retireKeys, rotateKeys } from '../../src/storage/rotate-keys.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';

const DAY_MS = 86_400_000;

/** Two programs on one store, whose keys an operator rotates. */
describe.each(engines)('key rotation on $name', ({ open }) => {
  let first: TestApp;
  let second: TestApp;
  let borrower: TestUser;
  let loanId: string;
  let lenderIds: string[];

  beforeEach(async () => {
    const store = await open();
    onTestFinished(() => store.close());
    [first, second] = [await openTestApp({ store }), await openTestApp({ store })];
    borrower = await first.as('borrower@example.com');
    loanId = await borrower.postsLoan();
    const { body } = await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(5, 100) });
    lenderIds = body.lenders.map(({ lender_id }: { lender_id: string }) => lender_id);
  });

  const rotate = () => rotateKeys(first.store, { purposes: KEY_PURPOSES, retiresOld: false, now: first.now });
  const retire = () => retireKeys(first.store, { purposes: KEY_PURPOSES, now: first.now });
  const refresh = async (testApp: TestApp) => {
    testApp.advance(30_000);
    await testApp.app.storeSecrets.refresh();
  };
  const at = (testApp: TestApp) => testApp.withToken(borrower.token);
  const firstCursor = async (testApp: TestApp) =>
    (await at(testApp).get(`/loans/${loanId}/lenders?limit=2`)).body.next_cursor as string;
  const pageAfter = (testApp: TestApp, cursor: string) => at(testApp).get(`/loans/${loanId}/lenders?limit=2&cursor=${cursor}`);
  const decline = (testApp: TestApp, token: string) => testApp.send('POST', '/mail/decline', { body: { token } });

  function linkOf(testApp: TestApp, lender: number): string {
    const links = testApp.app.mailLinksAt('https://lending.example.org');
    const ref = { loanId, lenderId: lenderIds[lender], round: 1 } as Parameters<typeof links.invitation>[0];
    return links.invitation(ref, testApp.now + 30 * DAY_MS).split('#')[1] ?? '';
  }

  it('accepts links and cursors from before it, until they are retired', async () => {
    const [cursor, link, otherLink] = [await firstCursor(first), linkOf(first, 0), linkOf(first, 1)];
    await rotate();
    await refresh(second);
    expect((await pageAfter(second, cursor)).status).toBe(200);
    expect((await decline(second, link)).status).toBe(200);
    await retire();
    await refresh(second);
    const { status, body } = await pageAfter(second, cursor);
    expect([status, body.details]).toMatchObject([400, [{ path: 'cursor', code: 'INVALID' }]]);
    expect((await decline(second, otherLink)).status).toBe(400);
    expect((await pageAfter(second, await firstCursor(second))).status).toBe(200);
    expect((await decline(second, linkOf(second, 1))).status).toBe(200);
  });

  it('is noticed by a program that meets a newer link or cursor, without a restart', async () => {
    await rotate();
    await refresh(first);
    const [cursor, link] = [await firstCursor(first), linkOf(first, 2)];
    expect((await pageAfter(second, cursor)).status).toBe(200);
    await rotate();
    await refresh(first);
    expect((await decline(second, linkOf(first, 3))).status).toBe(200);
    expect((await decline(second, link)).status).toBe(200);
  });

  it('leaves ids as they are: an invited address has the same lender id', async () => {
    await rotate();
    await retire();
    await refresh(second);
    await at(second).delete(`/loans/${loanId}/lenders/${lenderIds[0]}`);
    const again = await at(second).post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 50) });
    expect(again.body.lenders).toMatchObject([{ lender_id: lenderIds[0] }]);
    const duplicate = await at(second).post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 50) });
    expect(duplicate.body.details).toMatchObject([{ code: 'DUPLICATE_LENDER' }]);
  });

  it('costs no storage call of a request', async () => {
    await rotate();
    await refresh(first);
    const calls = await first.callsOf(() => at(first).post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 1, 'new') }));
    expect(calls).toEqual(['get', 'commit']);
    const cursor = await firstCursor(first);
    expect(await first.callsOf(() => pageAfter(first, cursor))).toEqual(['get', 'list']);
    expect(await first.callsOf(() => pageAfter(first, 'garbage'))).toEqual([]);
  });
});

describe('a backup', () => {
  it('does not let its holder decline invitations once the keys are rotated and retired', async () => {
    const testApp = await openTestApp();
    onTestFinished(() => testApp.close());
    const borrower = await testApp.as('borrower@example.com');
    const loanId = await borrower.postsLoan();
    const invited = await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 100) });
    const ref = { loanId, lenderId: invited.body.lenders[0].lender_id, round: 1 };
    const leaked = testApp.app.mailLinksAt('https://lending.example.org'); // keys as of the backup
    const { app: later } = await openTestApp({ store: testApp.store });
    await rotateKeys(testApp.store, { purposes: ['links'], retiresOld: true, now: testApp.now });
    const forged = leaked.invitation(ref as Parameters<typeof leaked.invitation>[0], testApp.now + DAY_MS).split('#')[1] ?? '';
    expect(await later.mailLinksAt('').open(forged, 'decline', testApp.now)).toMatchObject(ref); // not refreshed yet
    testApp.advance(30_000);
    await testApp.app.storeSecrets.refresh();
    const { status } = await testApp.send('POST', '/mail/decline', { body: { token: forged } });
    expect([status, (await borrower.get(`/loans/${loanId}`)).body.loan.lender_count]).toEqual([400, 1]);
  });
});
