import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoanId, parseLoanId } from '../server/src/domain/ids.ts';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { deadLetterKey, outboxOf } from '../server/src/storage/keys.ts';
import type { Store } from '../server/src/storage/store.ts';
import { bearer } from '../server/src/testing/app/http-client.ts';
import { lenders, openTestApp } from '../server/src/testing/app/test-app.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type ApiFunction, type Deployment, openDeployment } from './deployment.ts';
import { readStream } from './dynamodb-stream.ts';
import { type LambdaFunction, TRACE } from './lambda-function.ts';
import { poison } from './poison.ts';
import { startSes } from './ses.ts';

/* The stream and clock functions as they are deployed, on DynamoDB Local and its stream. */

describe.skipIf(endpoint === undefined)('background functions', () => {
  let ses: Awaited<ReturnType<typeof startSes>>;
  let table: string;
  let store: Store;
  let deployment: Deployment;
  let api: ApiFunction;

  beforeEach(async () => {
    [ses, table] = await Promise.all([startSes(), newTable({ hasStream: true })]);
    store = openDynamoDb(table, optionsAt());
    deployment = await openDeployment(table);
    api = await deployment.startApi(ses.settings);
  });

  afterEach(() => Promise.all([deployment.close(), ses.close(), store.close()]));

  async function postLoan(lenderCount: number, prefix: string): Promise<LoanId> {
    const path = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location') ?? '';
    await api.send('POST', `${path}/lenders`, {
      body: { lenders: lenders(lenderCount, 5, prefix) },
      headers: { 'X-Request-Id': 'mine' },
    });
    const loanId = parseLoanId(path.replace('/loans/', ''));
    if (!loanId) throw new Error('the loan has no id');
    return loanId;
  }

  const invokeWith = ({ invoke }: LambdaFunction, Records: DynamoDBRecord[]) => invoke({ Records }, INVOCATION);
  const linesOf = ({ lines }: LambdaFunction) => lines().map((line) => JSON.parse(line));
  const outboxLength = async (loanId: LoanId) => (await store.list(outboxOf(loanId, 10))).length;

  it('the stream function delivers event batches once, as log lines and mail', async () => {
    const loan_id = await postLoan(2, 'ben');
    expect(await outboxLength(loan_id)).toBe(2);
    const stream = await deployment.start('stream', ses.settings);
    const records = await readStream(table);
    expect(await invokeWith(stream, records)).toEqual({ batchItemFailures: [] });
    expect(await outboxLength(loan_id)).toBe(0);
    expect(linesOf(stream).filter(({ msg }) => msg === 'loan changed')).toMatchObject([
      { loan_id, version: 1, events: ['loan.created'], request_id: INVOCATION.awsRequestId, trace_id: TRACE, actor: 'borrower' },
      { loan_id, version: 2, events: ['lender.invited'], request_id: 'mine', trace_id: TRACE, actor: 'borrower' },
    ]);
    expect(await invokeWith(stream, records)).toEqual({ batchItemFailures: [] }); // a duplicate
    // On AWS the index may lag behind the table: the clock sends mail that the stream function did not find.
    expect(ses.mails.map(({ to }) => to).sort()).toEqual(['ben0@example.com', 'ben1@example.com']);
    expect(ses.mails[0]?.mail.text).toContain(`https://lending.example.org/invite/${loan_id}#`);
    expect(stream.lines().join('')).not.toContain('@');
    expect(linesOf(stream).filter(({ msg }) => msg === 'loan changed')).toHaveLength(2);
  });

  it('the API function handles the links of its mails', async () => {
    await postLoan(1, 'ben');
    await invokeWith(await deployment.start('stream', ses.settings), await readStream(table));
    const [link = ''] = /https:\/\/lending\.example\.org\/mail\/opt-out[^\s>"]+/.exec(JSON.stringify(ses.mails[0]?.mail)) ?? [];
    expect((await api.send('GET', link.replace('https://lending.example.org', ''))).status).toBe(200);
  });

  it('an event batch that a handler fails on becomes a dead letter, without delaying other loans', async () => {
    const [poisoned, fine] = [await postLoan(1, 'poisoned'), await postLoan(1, 'fine')];
    await poison(store, poisoned, 2);
    const stream = await deployment.start('stream', ses.settings);
    const inserts = (await readStream(table)).filter(({ eventName }) => eventName === 'INSERT');
    expect(await invokeWith(stream, inserts)).toEqual({ batchItemFailures: [] });
    expect(ses.mails.map(({ to }) => to)).toEqual(['fine0@example.com']);
    expect([await outboxLength(poisoned), await outboxLength(fine)]).toEqual([0, 0]);
    expect(await store.get([deadLetterKey(poisoned, 2, 'mail')])).toMatchObject([{ data: { handler: 'mail', version: 2 } }]);
    const line = stream.lines().find((each) => each.includes('EventsDeadLettered')) ?? '{}';
    expect(metricsIn(line)).toMatchObject([{ metric: 'EventsDeadLettered', value: 1, dimensions: { Handler: 'mail' } }]);
  });

  it('the clock delivers abandoned outboxes, and expires invitations', async () => {
    const testApp = await openTestApp({ store }); // its clock is long ago
    const borrower = await testApp.as('borrower@example.com');
    const loanId = parseLoanId(await borrower.postsLoan({ lenders: lenders(2, 10_000) }));
    if (!loanId) throw new Error('the loan has no id');
    const loan = async () => (await borrower.get(`/loans/${loanId}`)).body.loan;
    expect(await loan()).toMatchObject({ remaining: 0, lender_count: 2, version: 1 });
    const clock = await deployment.start('clock', ses.settings);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(await loan()).toMatchObject({ remaining: 20_000, lender_count: 0, version: 2 });
    expect(linesOf(clock)).toContainEqual(expect.objectContaining({ msg: 'loan changed', loan_id: loanId, version: 1 }));
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(await loan()).toMatchObject({ version: 2 });
    // No mail about an expired invitation.
    expect(ses.mails).toEqual([]);
  });

  it('mail about a suspicious list waits in both functions until an operator releases it', async () => {
    const settings = { ...ses.settings, RISK: 'enforce' };
    const addresses = ['ada', 'bea', 'carl', 'dora', 'emil', 'finn', 'gert', 'hana'].map((name) => `${name}@north.example`);
    const path = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location') ?? '';
    const list = { lenders: addresses.map((email) => ({ email, contribution_amount: 1 })) };
    expect((await api.send('POST', `${path}/lenders`, { body: list })).status).toBe(200);
    const [stream, clock] = await Promise.all([deployment.start('stream', settings), deployment.start('clock', settings)]);
    expect(await invokeWith(stream, await readStream(table))).toEqual({ batchItemFailures: [] });
    expect(linesOf(stream).filter(({ msg }) => msg === 'invitations scored')).toMatchObject([{ mode: 'enforce', outcome: 'held' }]);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect((await api.send('GET', path)).body.mails_on_their_way).toBe(addresses.length);
    expect((await api.send('GET', '/operator/holds')).status).toBe(403);
    const claims = { sub: 'olga', email: 'olga@example.com', email_verified: true, roles: ['operator'] };
    const headers = bearer(await deployment.signIn(claims));
    const { holds } = (await api.send('GET', '/operator/holds', { headers })).body;
    expect(holds).toMatchObject([{ status: 'held', invitations: addresses.length }]);
    expect(ses.mails).toEqual([]);
    expect((await api.send('POST', `/operator/holds/${holds[0].hold_id}/release`, { headers })).status).toBe(200);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(ses.mails.map(({ to }) => to).toSorted()).toEqual(addresses);
  });

  it('the clock function fails when the database is unavailable', async () => {
    const clock = await deployment.start('clock', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(await clock.invoke({}, INVOCATION)).toMatchObject({ error: expect.stringMatching(/unavailable|Error/) });
  });

  it('the stream function sends no mail when none is configured', async () => {
    const loanId = await postLoan(1, 'ben');
    const stream = await deployment.start('stream');
    expect(await invokeWith(stream, await readStream(table))).toEqual({ batchItemFailures: [] });
    expect([await outboxLength(loanId), ses.mails]).toEqual([0, []]);
  });
});
