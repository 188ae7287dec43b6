import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lastLine } from '../../src/testing/app/log-lines.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { Answer } from '../../src/testing/app/test-app.ts';
import { cancelled, errorAnswer, INTERNAL, NOBODY_THERE, RATE_EXCEEDED, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { BEFORE, type FaultyLabOptions, ONCE, openFaultyTestApp } from '../../src/testing/dynamodb/faulty-app.ts';
import { openProxied, type Proxied } from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type DynamoDbProxy, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Whatever goes wrong between the program and DynamoDB is told in the words of the contract, and counted as what it is. */

const COMMIT = 'TransactWriteItems';

const TOLD = {
  DatabaseThrottled: {
    ...{ status: 429, error: 'TOO_MANY_REQUESTS', seconds: 5 },
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
  },
  DatabaseUnavailable: {
    ...{ status: 503, error: 'SERVICE_UNAVAILABLE', seconds: 10 },
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
  },
  Contention: {
    ...{ status: 503, error: 'SERVICE_UNAVAILABLE', seconds: 1 },
    message: 'Too many changes at once. Please retry after 1 second.',
  },
  UnexpectedError: {
    ...{ status: 500, error: 'INTERNAL_ERROR', seconds: undefined },
    message: 'Something went wrong on our side. Please retry; if it persists, report the request id.',
  },
} as const;

type ErrorType = keyof typeof TOLD;

interface Fault {
  readonly how: string;
  readonly type: ErrorType;
  readonly treatment: ProxyRule;
  readonly options?: FaultyLabOptions;
}

const throttled = (how: string, treatment: ProxyRule): Fault => ({ how, type: 'DatabaseThrottled', treatment });
const unavailable = (how: string, treatment: ProxyRule, options?: FaultyLabOptions): Fault => ({
  ...{ how, type: 'DatabaseUnavailable', treatment },
  ...(options && { options }),
});

/** A transaction is cancelled: for this at its first item, and because all its others stand there already. */
function cancelling(Code: string): ProxyRule {
  return ({ request, deliver }) => {
    const [, ...others]: { Put?: { Item: unknown } }[] = request.body.TransactItems;
    deliver(
      cancelled([{ Code, Message: 'No.' }, ...others.map(({ Put }) => ({ Code: 'ConditionalCheckFailed', Item: Put?.Item }))]),
    );
  };
}

/** Another transaction is always on the first item. */
const conflicting: ProxyRule = ({ request, deliver }) => {
  const [, ...others]: unknown[] = request.body.TransactItems;
  deliver(cancelled(['TransactionConflict', ...others.map(() => 'None')]));
};

const FAULTS: readonly Fault[] = [
  throttled('provisioned throughput exceeded', faults.answering(THROTTLED)),
  throttled('request rate exceeded', faults.answering(RATE_EXCEEDED)),
  unavailable('a fault within DynamoDB', faults.answering(INTERNAL)),
  unavailable('nobody behind the balancer', faults.answering(NOBODY_THERE)),
  unavailable('connections that break', faults.cut),
  unavailable('answers that are no JSON', faults.malformed),
  unavailable(
    'answers without a body',
    faults.garbled(() => ''),
  ),
  unavailable('no answer', faults.unanswered, { tryMsMax: 700 }),
  unavailable(
    'a role that may not use the table',
    faults.answering(errorAnswer('AccessDeniedException', 'User is not authorized')),
  ),
  { how: 'a mistake of ours', type: 'UnexpectedError', treatment: faults.answering(errorAnswer('ValidationException', 'Invalid')) },
];

const OF_COMMITS: readonly Fault[] = [
  throttled('throttling among the reasons', cancelling('ThrottlingError')),
  { how: 'others that are always faster', type: 'Contention', treatment: conflicting },
  { how: 'a mistake of ours among the reasons', type: 'UnexpectedError', treatment: cancelling('ValidationError') },
];

const OF_READS: readonly Fault[] = [
  unavailable(
    'an answer that begins in an address',
    faults.garbled((text) => text.slice(Math.max(0, text.indexOf('borrower@')))),
  ),
];

function expectTold(answer: Answer, type: ErrorType): void {
  const { status, error, message, seconds } = TOLD[type];
  expect(requireProblem(answer)).toEqual({ status, error, problems: [] });
  expect([answer.body.message, answer.body.retry_after, answer.body.retryable]).toEqual([message, seconds, true]);
  expect(answer.headers.get('Retry-After')).toBe(seconds === undefined ? null : String(seconds));
  expect(answer.text).not.toMatch(/dynamo|transact|127\.0\.0\.1|aws|stack/i);
}

describe.skipIf(endpoint === undefined)('the database', () => {
  let proxied: Proxied;
  let proxy: DynamoDbProxy;

  beforeAll(async () => {
    proxied = await openProxied();
    proxy = proxied.proxy;
  });

  afterEach(() => proxy.clear());

  afterAll(() => proxied.stop());

  it.each([...FAULTS, ...OF_COMMITS])('does not write: $how', async ({ type, treatment, options }) => {
    const { testApp, add, errors, stands } = await openFaultyTestApp(proxied, options);
    proxy.always(COMMIT, treatment);
    expectTold(await add(), type);
    expect(await errors()).toEqual({ [`endpoint="AddLenders",error_type="${type}"`]: 1 });
    expect(lastLine(testApp)).toMatchObject({
      level: 50,
      endpoint: 'AddLenders',
      error_type: type,
      err: { type: expect.any(String) },
    });
    proxy.clear();
    const again = await add();
    expect(again.status).toBe(200);
    expect((await add()).text).toBe(again.text);
    expect(await stands()).toEqual(ONCE);
    expect(Object.values(await errors())).toEqual([1]);
  });

  it.each([...FAULTS, ...OF_READS])('does not read: $how', async ({ type, treatment, options }) => {
    const { borrower, path, add, errors, stands } = await openFaultyTestApp(proxied, options);
    proxy.always(ANY, treatment);
    const [added, listed] = await Promise.all([add(), borrower.get(`${path}/lenders`)]);
    proxy.clear();
    expectTold(added, type);
    expectTold(listed, type);
    expect(await errors()).toEqual({
      [`endpoint="AddLenders",error_type="${type}"`]: 1,
      [`endpoint="ListLenders",error_type="${type}"`]: 1,
    });
    expect(await stands()).toEqual(BEFORE);
    expect((await add()).status).toBe(200);
  });

  it('can not be reached, and comes back', async () => {
    const { borrower, path, add, errors, stands } = await openFaultyTestApp(proxied);
    await proxy.shut();
    expectTold(await add(), 'DatabaseUnavailable');
    expectTold(await borrower.get(path), 'DatabaseUnavailable');
    await proxy.reopen();
    expect(await errors()).toEqual({
      'endpoint="AddLenders",error_type="DatabaseUnavailable"': 1,
      'endpoint="ReadLoan",error_type="DatabaseUnavailable"': 1,
    });
    expect((await add()).status).toBe(200);
    expect(await stands()).toEqual(ONCE);
  });

  it('reads a list in parts, or says that it is asked too much', async () => {
    const { borrower, path, errors } = await openFaultyTestApp(proxied);
    await borrower.postsLoan();
    proxy.next('BatchGetItem', faults.leavingUnread(1), faults.leavingUnread(0));
    const { body } = await borrower.get('/loans?limit=100');
    expect(body.loans.map(({ loan_id }: { loan_id: string }) => `/loans/${loan_id}`)).toContain(path);
    expect(proxy.sent('BatchGetItem').length).toBeGreaterThan(2);
    proxy.always('BatchGetItem', faults.leavingUnread(0));
    expectTold(await borrower.get('/loans?limit=100'), 'DatabaseThrottled');
    expect(await errors()).toEqual({ 'endpoint="ListLoans",error_type="DatabaseThrottled"': 1 });
  });
});
