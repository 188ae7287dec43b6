import { describe, expect, it } from 'vitest';
import { lastLine } from '../../src/testing/app/log-lines.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import {
  cancelledTransaction,
  errorResponse,
  INTERNAL,
  NO_BACKEND,
  RATE_EXCEEDED,
  THROTTLED,
} from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { ADDED_ONCE, BEFORE, type FaultyAppOptions, openFaultyTestApp } from '../../src/testing/dynamodb/faulty-app.ts';
import { useProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* The API's errors while DynamoDB fails: as the contract has them, and counted by their type. */

const COMMIT = 'TransactWriteItems';

const EXPECTED = {
  DatabaseThrottled: {
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    seconds: 5,
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
  },
  DatabaseUnavailable: {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    seconds: 10,
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
  },
  Contention: {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    seconds: 1,
    message: 'Too many changes at once. Please retry after 1 second.',
  },
  UnexpectedError: {
    status: 500,
    error: 'INTERNAL_ERROR',
    seconds: undefined,
    message: 'Something went wrong on our side. Please retry; if it persists, report the request id.',
  },
} as const;

type ErrorType = keyof typeof EXPECTED;

interface Fault {
  readonly title: string;
  readonly type: ErrorType;
  readonly rule: ProxyRule;
  readonly options?: FaultyAppOptions;
}

const throttled = (title: string, rule: ProxyRule): Fault => ({ title, type: 'DatabaseThrottled', rule });
const unavailable = (title: string, rule: ProxyRule, options: FaultyAppOptions = {}): Fault => ({
  title,
  type: 'DatabaseUnavailable',
  rule,
  options,
});

/** Cancels a transaction: for this reason at its first item, and because all its other items exist already. */
function cancelFor(Code: string): ProxyRule {
  return ({ request, respond }) => {
    const [, ...others]: { Put?: { Item: unknown } }[] = request.body.TransactItems;
    const failed = others.map(({ Put }) => ({ Code: 'ConditionalCheckFailed', Item: Put?.Item }));
    respond(cancelledTransaction([{ Code, Message: 'No.' }, ...failed]));
  };
}

/** Another transaction is always under way on the first item. */
const conflictAtFirst: ProxyRule = ({ request, respond }) => {
  const [, ...others]: unknown[] = request.body.TransactItems;
  respond(cancelledTransaction(['TransactionConflict', ...others.map(() => 'None')]));
};

const FAULTS: readonly Fault[] = [
  throttled('provisioned throughput exceeded', faults.respondWith(THROTTLED)),
  throttled('request rate exceeded', faults.respondWith(RATE_EXCEEDED)),
  unavailable('an internal error of DynamoDB', faults.respondWith(INTERNAL)),
  unavailable('a load balancer without a backend', faults.respondWith(NO_BACKEND)),
  unavailable('connection resets', faults.resetBeforeForwarding),
  unavailable('responses that are not JSON', faults.malformedResponse),
  unavailable(
    'responses without a body',
    faults.garbledResponse(() => ''),
  ),
  unavailable('no response', faults.notForwarded, { attemptTimeoutMs: 700 }),
  unavailable(
    'a role without rights on the table',
    faults.respondWith(errorResponse('AccessDeniedException', 'User is not authorized')),
  ),
  {
    title: 'a programming error',
    type: 'UnexpectedError',
    rule: faults.respondWith(errorResponse('ValidationException', 'Invalid')),
  },
];

const COMMIT_FAULTS: readonly Fault[] = [
  throttled('a cancellation for throttling', cancelFor('ThrottlingError')),
  { title: 'endless conflicts', type: 'Contention', rule: conflictAtFirst },
  { title: 'a cancellation for a programming error', type: 'UnexpectedError', rule: cancelFor('ValidationError') },
];

const READ_FAULTS: readonly Fault[] = [
  unavailable(
    'a response that starts in the middle of an address',
    faults.garbledResponse((text) => text.slice(Math.max(0, text.indexOf('borrower@')))),
  ),
];

function expectError(response: TestResponse, type: ErrorType): void {
  const { status, error, message, seconds } = EXPECTED[type];
  expect(requireProblem(response)).toEqual({ status, error, problems: [] });
  expect([response.body.message, response.body.retry_after, response.body.retryable]).toEqual([message, seconds, true]);
  expect(response.headers.get('Retry-After')).toBe(seconds === undefined ? null : String(seconds));
  expect(response.text).not.toMatch(/dynamo|transact|127\.0\.0\.1|aws|stack/i);
}

describe.skipIf(endpoint === undefined)('the API while DynamoDB fails', () => {
  const proxied = useProxiedTable();

  it.each([...FAULTS, ...COMMIT_FAULTS])(
    'reports and counts a failed commit, and adds the lenders once afterwards: $title',
    async ({ type, rule, options }) => {
      const { testApp, add, errorCounts, loanState } = await openFaultyTestApp(proxied, options);
      proxied.proxy.always(COMMIT, rule);
      expectError(await add(), type);
      expect(await errorCounts()).toEqual({ [`endpoint="AddLenders",error_type="${type}"`]: 1 });
      expect(lastLine(testApp)).toMatchObject({
        level: 50,
        endpoint: 'AddLenders',
        error_type: type,
        err: { type: expect.any(String) },
      });
      proxied.proxy.clear();
      const again = await add();
      expect(again.status).toBe(200);
      expect((await add()).text).toBe(again.text);
      expect(await loanState()).toEqual(ADDED_ONCE);
      expect(Object.values(await errorCounts())).toEqual([1]);
    },
  );

  it.each([...FAULTS, ...READ_FAULTS])('reports and counts failed reads: $title', async ({ type, rule, options }) => {
    const { borrower, path, add, errorCounts, loanState } = await openFaultyTestApp(proxied, options);
    proxied.proxy.always(ANY, rule);
    const [added, listed] = await Promise.all([add(), borrower.get(`${path}/lenders`)]);
    proxied.proxy.clear();
    expectError(added, type);
    expectError(listed, type);
    expect(await errorCounts()).toEqual({
      [`endpoint="AddLenders",error_type="${type}"`]: 1,
      [`endpoint="ListLenders",error_type="${type}"`]: 1,
    });
    expect(await loanState()).toEqual(BEFORE);
    expect((await add()).status).toBe(200);
  });

  it('responds 503 while the database is down, and recovers', async () => {
    const { borrower, path, add, errorCounts, loanState } = await openFaultyTestApp(proxied);
    await proxied.proxy.shut();
    expectError(await add(), 'DatabaseUnavailable');
    expectError(await borrower.get(path), 'DatabaseUnavailable');
    await proxied.proxy.reopen();
    expect(await errorCounts()).toEqual({
      'endpoint="AddLenders",error_type="DatabaseUnavailable"': 1,
      'endpoint="ReadLoan",error_type="DatabaseUnavailable"': 1,
    });
    expect((await add()).status).toBe(200);
    expect(await loanState()).toEqual(ADDED_ONCE);
  });

  it('reads a list despite partial responses, or reports throttling if no part arrives', async () => {
    const { proxy } = proxied;
    const { borrower, path, errorCounts } = await openFaultyTestApp(proxied);
    await borrower.postsLoan();
    proxy.next('BatchGetItem', faults.leaveUnprocessed(1), faults.leaveUnprocessed(0));
    const { body } = await borrower.get('/loans?limit=100');
    expect(body.loans.map(({ loan_id }: { loan_id: string }) => `/loans/${loan_id}`)).toContain(path);
    expect(proxy.sent('BatchGetItem').length).toBeGreaterThan(2);
    proxy.always('BatchGetItem', faults.leaveUnprocessed(0));
    expectError(await borrower.get('/loans?limit=100'), 'DatabaseThrottled');
    expect(await errorCounts()).toEqual({ 'endpoint="ListLoans",error_type="DatabaseThrottled"': 1 });
  });
});
