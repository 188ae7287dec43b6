import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoanId, parseLoanId } from '../server/src/domain/ids.ts';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { deadLetterKey, outboxOf } from '../server/src/storage/keys.ts';
import type { Store } from '../server/src/storage/store.ts';
import { LOAN, lenders, openTestApp } from '../server/src/testing/app/test-app.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { type ApiFunction, OF_AWS, startApiFunction, TRACE } from './api-function.ts';
import { recordsOf } from './dynamodb-stream.ts';
import { CLOCK, type LambdaFunction, STREAM, startFunction } from './lambda-function.ts';
import { poison } from './poison.ts';
import { startSes } from './ses.ts';

/* What the functions do that nobody calls, as they are uploaded, on AWS's own DynamoDB Local and its stream. */

describe.skipIf(endpoint === undefined)('on AWS', () => {
  let provider: IdentityProvider;
  let ses: Awaited<ReturnType<typeof startSes>>;
  let table: string;
  let store: Store;
  let api: ApiFunction;
  const started: Pick<LambdaFunction, 'stop'>[] = [];

  beforeEach(async () => {
    [provider, ses, table] = await Promise.all([startIdentityProvider(), startSes(), newTable({ hasStream: true })]);
    store = openDynamoDb(table, optionsAt());
    api = await startApiFunction(provider, table, ses.settings);
    started.push(api);
  }, 60_000);

  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.stop()));
    await Promise.all([provider.close(), ses.close(), store.close()]);
  });

  async function start(folder: string, more: Readonly<Record<string, string>> = ses.settings): Promise<LambdaFunction> {
    const there = { STORE: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '' };
    const each = await startFunction(folder, { ...OF_AWS, ...there, ...more });
    started.push(each);
    return each;
  }

  /** @returns the id of a loan with so many lenders */
  async function postsLoan(count: number, prefix: string): Promise<LoanId> {
    const path = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location') ?? '';
    await api.send('POST', `${path}/lenders`, {
      body: { lenders: lenders(count, 5, prefix) },
      headers: { 'X-Request-Id': 'mine' },
    });
    const loanId = parseLoanId(path.replace('/loans/', ''));
    if (!loanId) throw new Error('the loan has no id');
    return loanId;
  }

  const wake = ({ invoke }: LambdaFunction, Records: DynamoDBRecord[]) => invoke({ Records }, INVOCATION);
  const linesOf = ({ lines }: LambdaFunction) => lines().map((line) => JSON.parse(line));
  const waiting = async (loanId: LoanId) => (await store.list(outboxOf(loanId, 10))).length;

  it('what the API commits is told of and mailed once the stream wakes its function, and is then done with', async () => {
    const loan_id = await postsLoan(2, 'ben');
    expect(await waiting(loan_id)).toBe(2);
    const stream = await start(STREAM);
    const records = await recordsOf(table);
    expect(await wake(stream, records)).toEqual({ batchItemFailures: [] });
    expect(await waiting(loan_id)).toBe(0);
    expect(linesOf(stream).filter(({ msg }) => msg === 'loan changed')).toMatchObject([
      { loan_id, version: 1, events: ['loan.created'], request_id: INVOCATION.awsRequestId, trace_id: TRACE, actor: 'borrower' },
      { loan_id, version: 2, events: ['lender.invited'], request_id: 'mine', trace_id: TRACE, actor: 'borrower' },
    ]);
    expect(await wake(stream, records)).toEqual({ batchItemFailures: [] }); // at least once
    // The index may be behind the table on AWS: what the stream's function did not find, the clock does.
    expect(ses.mails.map(({ to }) => to).sort()).toEqual(['ben0@example.com', 'ben1@example.com']);
    expect(ses.mails[0]?.mail.text).toContain(`https://lending.example.org/invite/${loan_id}#`);
    expect(stream.lines().join('')).not.toContain('@');
    expect(linesOf(stream).filter(({ msg }) => msg === 'loan changed')).toHaveLength(2);
  }, 60_000);

  it('what a link in a mail leads to is answered', async () => {
    await postsLoan(1, 'ben');
    await wake(await start(STREAM), await recordsOf(table));
    const [link = ''] = /https:\/\/lending\.example\.org\/mail\/opt-out[^\s>"]+/.exec(JSON.stringify(ses.mails[0]?.mail)) ?? [];
    expect((await api.send('GET', link.replace('https://lending.example.org', ''))).status).toBe(200);
  }, 60_000);

  it('a change that can not be told of is set aside, and those of others are not held up by it', async () => {
    const [poisoned, fine] = [await postsLoan(1, 'poisoned'), await postsLoan(1, 'fine')];
    await poison(store, poisoned, 2);
    const stream = await start(STREAM);
    const inserts = (await recordsOf(table)).filter(({ eventName }) => eventName === 'INSERT');
    expect(await wake(stream, inserts)).toEqual({ batchItemFailures: [] });
    expect(ses.mails.map(({ to }) => to)).toEqual(['fine0@example.com']);
    expect([await waiting(poisoned), await waiting(fine)]).toEqual([0, 0]);
    expect(await store.get([deadLetterKey(poisoned, 2, 'mail')])).toMatchObject([{ data: { handler: 'mail', version: 2 } }]);
    const line = stream.lines().find((one) => one.includes('EventsDeadLettered')) ?? '{}';
    expect(metricsIn(line)).toMatchObject([{ metric: 'EventsDeadLettered', value: 1, dimensions: { Handler: 'mail' } }]);
  }, 60_000);

  it('the clock delivers and mails what the stream never told of, and frees what has expired', async () => {
    const testApp = await openTestApp({ store }); // whose clock stands at a day long ago
    const borrower = await testApp.as('borrower@example.com');
    const loanId = parseLoanId(await borrower.postsLoan({ lenders: lenders(2, 10_000) }));
    if (!loanId) throw new Error('the loan has no id');
    const loan = async () => (await borrower.get(`/loans/${loanId}`)).body.loan;
    expect(await loan()).toMatchObject({ remaining: 0, lender_count: 2, version: 1 });
    const clock = await start(CLOCK);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(await loan()).toMatchObject({ remaining: 20_000, lender_count: 0, version: 2 });
    expect(linesOf(clock)).toContainEqual(expect.objectContaining({ msg: 'loan changed', loan_id: loanId, version: 1 }));
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(await loan()).toMatchObject({ version: 2 });
    // An invitation that has expired is not told of any more.
    expect(ses.mails).toEqual([]);
  }, 60_000);

  it('the clock says that it failed, where it did', async () => {
    const clock = await start(CLOCK, { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(await clock.invoke({}, INVOCATION)).toMatchObject({ fell: expect.stringMatching(/unavailable|Error/) });
  }, 60_000);

  it('no mail is sent where none is set up', async () => {
    const loanId = await postsLoan(1, 'ben');
    const stream = await start(STREAM, {});
    expect(await wake(stream, await recordsOf(table))).toEqual({ batchItemFailures: [] });
    expect([await waiting(loanId), ses.mails]).toEqual([0, []]);
  }, 60_000);
});
