import { afterEach, describe, expect, it } from 'vitest';
import type { UseCase } from '../../src/execution/use-case.ts';
import { type Api, openScene, type Scene, viaGraphQl, viaRest } from '../../src/testing/api/api-parity.ts';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { graphQlClient, watch } from '../../src/testing/api/graphql-ws.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, type TestAppOptions } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { acceptInvitation } from '../../src/usecases/invitations/accept-invitation.ts';
import { declineInvitation } from '../../src/usecases/invitations/decline-invitation.ts';
import { listInvitations } from '../../src/usecases/invitations/list-invitations.ts';
import { addLenders } from '../../src/usecases/lenders/add-lenders.ts';
import { changeLender } from '../../src/usecases/lenders/change-lender.ts';
import { revokeLender } from '../../src/usecases/lenders/revoke-lender.ts';
import { cancelLoan } from '../../src/usecases/loans/cancel-loan.ts';
import { closeLoan } from '../../src/usecases/loans/close-loan.ts';
import { createLoan } from '../../src/usecases/loans/create-loan.ts';
import { listLoans } from '../../src/usecases/loans/list-loans.ts';
import { readLoan } from '../../src/usecases/loans/read-loan.ts';

/* The same request through REST and GraphQL: the same response, stored state, storage calls and counters. */

type Members = Readonly<Record<string, unknown>>;

interface Case {
  readonly when: string;
  readonly useCase: UseCase;
  readonly members: Members | ((scene: Scene) => Members);
  /** The borrower if left out. */
  readonly user?: keyof Scene['tokens'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly options?: TestAppOptions;
  /** Sent before, through REST. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** `OK`, or the error's code. */
  readonly expected: string;
  /** Whether GraphQL's own types reject it, with messages of their own. */
  readonly isTyped?: boolean;
}

const onOpenLoan =
  (more: Members = {}) =>
  ({ openLoan }: Scene) => ({ loan_id: openLoan, ...more });
const onCancelledLoan =
  (more: Members = {}) =>
  ({ cancelledLoan }: Scene) => ({ loan_id: cancelledLoan, ...more });
const onLender =
  (more: Members = {}) =>
  ({ openLoan, annId }: Scene) => ({ loan_id: openLoan, lender_id: annId, ...more });
const NO_LOAN = { loan_id: '019cb2f0-0000-7000-8000-000000000000' };
const NEW = { lenders: lenders(2, 100, 'new') };
const INVITED = [{ email: 'ann@example.com', contribution_amount: 1 }];
const accept = ({ send, openLoan }: Scene) => send('ann', 'POST', `/invitations/${openLoan}/accept`);

const successes: readonly Omit<Case, 'expected'>[] = [
  { when: 'a new loan', useCase: createLoan, members: LOAN },
  {
    when: 'a new loan with all members',
    useCase: createLoan,
    members: { ...LOAN, amount: '2500.50', currency: 'EUR', purpose: 'a roof', lenders: [{ ...NEW.lenders[0], name: 'New' }] },
  },
  { when: 'a null member', useCase: createLoan, members: { ...LOAN, purpose: null } },
  { when: 'new lenders', useCase: addLenders, members: onOpenLoan(NEW) },
  { when: 'new lenders with amounts as text', useCase: addLenders, members: onOpenLoan({ lenders: lenders(3, '33.33') }) },
  { when: 'another amount', useCase: changeLender, members: onLender({ contribution_amount: 0.1 }) },
  { when: 'a revoked invitation', useCase: revokeLender, members: onLender() },
  { when: 'a closed loan', useCase: closeLoan, members: onOpenLoan(), before: accept },
  { when: 'a cancelled loan', useCase: cancelLoan, members: onOpenLoan() },
  { when: 'a loan cancelled again', useCase: cancelLoan, members: onCancelledLoan() },
  { when: 'an accepted invitation', useCase: acceptInvitation, members: onOpenLoan(), user: 'ann' },
  { when: 'a declined invitation', useCase: declineInvitation, members: onOpenLoan(), user: 'ann' },
  { when: 'a loan read by its borrower', useCase: readLoan, members: onOpenLoan() },
  { when: 'a loan read by a lender', useCase: readLoan, members: onOpenLoan(), user: 'ann' },
  { when: 'loans', useCase: listLoans, members: {} },
  { when: 'a page of loans', useCase: listLoans, members: { role: 'borrower', limit: 1 } },
  { when: 'loans of a lender', useCase: listLoans, members: { role: 'lender' }, user: 'ann' },
  { when: 'invitations', useCase: listInvitations, members: { status: 'pending' }, user: 'ann' },
];

const loanWith = (more: Members): Pick<Case, 'useCase' | 'members' | 'expected'> => ({
  useCase: createLoan,
  members: { ...LOAN, ...more },
  expected: 'VALIDATION_ERROR',
});
const lendersLike = (...rows: readonly object[]): Pick<Case, 'useCase' | 'members' | 'expected'> => ({
  useCase: addLenders,
  members: onOpenLoan({ lenders: rows }),
  expected: 'VALIDATION_ERROR',
});
const newLender = (more: Members) => ({ email: 'new@example.com', contribution_amount: 1, ...more });

const malformedRequests: readonly Case[] = [
  ...[0, -1, 0.1234, 1e21, '1e3', '5,000', '', ' 5', '01', true, [], {}].map((amount) => {
    return { when: `an amount of ${JSON.stringify(amount)}`, ...loanWith({ amount }) };
  }),
  { when: 'an amount with half a cent', ...loanWith({ amount: 10.005 }) },
  { when: 'a lowercase currency', ...loanWith({ currency: 'usd' }) },
  { when: 'a rate over 100', ...loanWith({ interest_rate: 100.5 }) },
  { when: 'a rate of four decimals', ...loanWith({ interest_rate: 4.0001 }) },
  { when: 'a term of 0 months', ...loanWith({ term_months: 0 }) },
  { when: 'a long purpose', ...loanWith({ purpose: 'x'.repeat(501) }) },
  { when: 'several invalid members', ...loanWith({ amount: 0, term_months: 481, purpose: '\u0007' }) },
  { when: 'no loan amount', ...loanWith({ amount: null }), isTyped: true },
  { when: 'a rate in text', ...loanWith({ interest_rate: '4.5' }), isTyped: true },
  { when: 'a term of 1.5 months', ...loanWith({ term_months: 1.5 }), isTyped: true },
  { when: 'no lenders', ...lendersLike() },
  { when: 'too many lenders', ...lendersLike(...lenders(21, 1)) },
  { when: 'a malformed address', ...lendersLike(newLender({ email: 'nobody' })) },
  { when: 'an address twice', ...lendersLike(newLender({}), newLender({ email: ' NEW@example.com' })) },
  { when: "the borrower's own address", ...lendersLike(newLender({ email: 'borrower@example.com' })) },
  { when: 'a name on two lines', ...lendersLike(newLender({ name: 'a\nb' })) },
  { when: 'several invalid lenders', ...lendersLike(newLender({ contribution_amount: 0 }), newLender({ email: '' })) },
  { when: 'a missing address', ...lendersLike({ contribution_amount: 1 }), isTyped: true },
  ...[0, 101].map((limit) => {
    return { when: `a page of ${limit}`, useCase: listLoans, members: { limit }, expected: 'VALIDATION_ERROR' };
  }),
  { when: 'a made-up cursor', useCase: listLoans, members: { cursor: 'x' }, expected: 'VALIDATION_ERROR' },
  { when: 'an unknown role', useCase: listLoans, members: { role: 'x' }, expected: 'VALIDATION_ERROR', isTyped: true },
  {
    when: 'an idempotency key without its end quote',
    useCase: addLenders,
    members: onOpenLoan(NEW),
    expected: 'VALIDATION_ERROR',
    headers: { 'Idempotency-Key': '"open' },
  },
  {
    when: 'two idempotency keys',
    useCase: cancelLoan,
    members: onOpenLoan(),
    expected: 'VALIDATION_ERROR',
    headers: { 'Idempotency-Key': 'a', 'X-Idempotency-Key': 'b' },
  },
];

const KEY = { 'Idempotency-Key': 'used' };

const rejections: readonly Case[] = [
  { when: 'no token', useCase: addLenders, members: onOpenLoan(NEW), user: 'nobody', expected: 'UNAUTHORIZED' },
  { when: 'a bad token', useCase: readLoan, members: onOpenLoan(), user: 'forger', expected: 'UNAUTHORIZED' },
  { when: 'an unverified address', useCase: addLenders, members: onOpenLoan(NEW), user: 'unverified', expected: 'FORBIDDEN' },
  { when: 'no such loan', useCase: readLoan, members: NO_LOAN, expected: 'NOT_FOUND' },
  { when: 'no such loan to add to', useCase: addLenders, members: { ...NO_LOAN, ...NEW }, expected: 'NOT_FOUND' },
  { when: 'no such lender', useCase: revokeLender, members: onOpenLoan({ lender_id: 'x' }), expected: 'NOT_FOUND' },
  { when: 'no such invitation', useCase: acceptInvitation, members: onOpenLoan(), user: 'stranger', expected: 'NOT_FOUND' },
  { when: 'a loan read by a stranger', useCase: readLoan, members: onOpenLoan(), user: 'stranger', expected: 'NOT_FOUND' },
  { when: 'a change by a stranger', useCase: addLenders, members: onOpenLoan(NEW), user: 'stranger', expected: 'FORBIDDEN' },
  { when: 'a change by a lender', useCase: cancelLoan, members: onOpenLoan(), user: 'ann', expected: 'FORBIDDEN' },
  { when: 'a loan that ended', useCase: addLenders, members: onCancelledLoan(NEW), expected: 'CONFLICT' },
  { when: 'nothing accepted', useCase: closeLoan, members: onOpenLoan(), expected: 'CONFLICT' },
  {
    when: 'another amount after acceptance',
    useCase: changeLender,
    before: accept,
    expected: 'CONFLICT',
    members: onLender({ contribution_amount: 5 }),
  },
  { when: 'a lender who is invited already', ...lendersLike(...INVITED) },
  { when: 'over-funding', ...lendersLike(newLender({ contribution_amount: 19_900.01 })) },
  { when: 'errors of several kinds', ...lendersLike(...INVITED, newLender({ contribution_amount: 0.001 })) },
  {
    when: 'the hourly limit of invitations reached',
    useCase: addLenders,
    members: onOpenLoan(NEW),
    expected: 'TOO_MANY_REQUESTS',
    options: { config: { invitesPerHour: 2 } },
  },
  {
    when: 'the request rate exceeded',
    useCase: addLenders,
    members: onOpenLoan(NEW),
    expected: 'TOO_MANY_REQUESTS',
    options: { config: { requestsPerSecond: 3 } },
    async before({ send, openLoan }) {
      for (const _ of [1, 2, 3, 4, 5, 6]) await send('borrower', 'GET', `/loans/${openLoan}`);
    },
  },
  {
    when: 'an idempotency key of another request',
    useCase: addLenders,
    members: onOpenLoan(NEW),
    headers: KEY,
    expected: 'IDEMPOTENCY_KEY_REUSED',
    before: ({ send, openLoan }) =>
      send('borrower', 'POST', `/loans/${openLoan}/lenders`, { lenders: lenders(1, 1, 'other') }, KEY),
  },
  ...(['busy', 'throttled', 'unavailable'] as const).map((kind) => {
    const expected = kind === 'throttled' ? 'TOO_MANY_REQUESTS' : 'SERVICE_UNAVAILABLE';
    const before = async ({ fail }: Scene) => fail(kind);
    return { when: `a store that is ${kind}`, useCase: addLenders, members: onOpenLoan(NEW), expected, before };
  }),
  {
    when: 'an unexpected error',
    useCase: addLenders,
    members: onOpenLoan(NEW),
    expected: 'INTERNAL_ERROR',
    before: async ({ fail }) => fail(new Error('an internal secret')),
  },
];

const scenes: Scene[] = [];

afterEach(async () => {
  for (const { testApp } of scenes.splice(0)) await testApp.close();
});

async function sceneFor(options: TestAppOptions = {}): Promise<Scene> {
  const scene = await openScene(options);
  scenes.push(scene);
  return scene;
}

async function sendVia(api: Api, { useCase, members, user = 'borrower', headers = {}, options, before }: Omit<Case, 'expected'>) {
  const scene = await sceneFor(options);
  await before?.(scene);
  const request = { useCase, members: typeof members === 'function' ? members(scene) : members, user, headers };
  const measured = await scene.measure(() => api(scene, request));
  scene.fail(undefined);
  return { ...measured, state: await scene.readState() };
}

describe('REST and GraphQL', () => {
  it.each(successes)('responds alike through REST and GraphQL to $when', async (row) => {
    const [rest, graphQl] = [await sendVia(viaRest, row), await sendVia(viaGraphQl, row)];
    expect(rest.outcome.code).toBe('OK');
    expect(Object.keys(rest.counts)).toContainEqual(expect.stringMatching(/^api_latency/));
    expect(graphQl).toEqual(rest);
  });

  it.each(malformedRequests)('rejects alike through REST and GraphQL $when', async ({ expected, isTyped = false, ...row }) => {
    const [rest, graphQl] = [await sendVia(viaRest, row), await sendVia(viaGraphQl, row)];
    expect([rest.outcome.code, graphQl.outcome.code]).toEqual([expected, expected]);
    if (!isTyped) return expect(graphQl).toEqual(rest);
    expect(graphQl.state).toEqual(rest.state);
    const codes = ({ outcome }: typeof rest) => outcome.details.map(({ code }: { code: string }) => code);
    expect([codes(graphQl), graphQl.calls]).toEqual([codes(rest), rest.calls]);
  });

  it.each(rejections)('rejects alike through REST and GraphQL a request with $when', async ({ expected, ...row }) => {
    const [rest, graphQl] = [await sendVia(viaRest, row), await sendVia(viaGraphQl, row)];
    expect(rest.outcome.code).toBe(expected);
    // Over the rate, a GraphQL request is not parsed, so what it would run is not known.
    const counts = JSON.parse(JSON.stringify(graphQl.counts).replaceAll('\\"GraphQL\\"', `\\"${row.useCase.endpoint}\\"`));
    expect({ ...graphQl, counts }).toEqual(rest);
  });

  const commands = successes.filter(({ useCase }) => useCase.kind === 'command');
  const bothOrders = commands.flatMap((row) => [
    { ...row, order: 'GraphQL after REST', first: viaRest, second: viaGraphQl },
    { ...row, order: 'REST after GraphQL', first: viaGraphQl, second: viaRest },
  ]);

  it.each(bothOrders)(
    'replays the first response for a key repeated through the other API: $order, $when',
    async ({ first, second, ...row }) => {
      const { useCase, members, user = 'borrower', before } = row;
      const scene = await sceneFor();
      await before?.(scene);
      const request = { useCase, members: typeof members === 'function' ? members(scene) : members, user, headers: KEY };
      const original = await first(scene, request);
      const state = await scene.readState();
      const replayed = await second(scene, request);
      expect(replayed.outcome).toEqual(original.outcome);
      expect(replayHeaders(original.response)).toEqual([null, null]);
      expect(replayHeaders(replayed.response)).toEqual(['true', original.response.headers.get('X-Request-Id')]);
      expect(await scene.readState()).toEqual(state);
    },
  );
});

describe('the feed and GraphQL subscriptions', () => {
  interface WatchCase {
    readonly when: string;
    readonly user?: keyof Scene['tokens'];
    /** The open one if left out. */
    readonly loanId?: string;
    readonly after?: string;
    readonly fails?: Parameters<Scene['fail']>[0];
    readonly expected: string;
  }

  it.each<WatchCase>([
    { when: 'the borrower', expected: 'OK' },
    { when: 'a lender', user: 'ann', expected: 'OK' },
    { when: 'no token', user: 'nobody', expected: 'UNAUTHORIZED' },
    { when: 'a bad token', user: 'forger', expected: 'UNAUTHORIZED' },
    { when: 'an unverified address', user: 'unverified', expected: 'FORBIDDEN' },
    { when: 'a stranger', user: 'stranger', expected: 'NOT_FOUND' },
    { when: 'an unknown loan', loanId: NO_LOAN.loan_id, expected: 'NOT_FOUND' },
    { when: 'an empty loan id', loanId: '', expected: 'NOT_FOUND' },
    { when: 'an empty loan id and a made-up cursor', loanId: '', after: 'x', expected: 'VALIDATION_ERROR' },
    { when: 'a made-up cursor', after: 'x', expected: 'VALIDATION_ERROR' },
    { when: 'an empty cursor', after: '', expected: 'VALIDATION_ERROR' },
    { when: 'a store that is unavailable', fails: 'unavailable', expected: 'SERVICE_UNAVAILABLE' },
    { when: 'a store that is throttled', fails: 'throttled', expected: 'TOO_MANY_REQUESTS' },
  ])(
    'accepts or rejects alike through the feed and GraphQL a subscription with $when',
    async ({ user = 'borrower', loanId, after, fails, expected }) => {
      const scene = await sceneFor();
      const { url, connect } = await serveFeed(scene.testApp);
      const [token, loan] = [scene.tokens[user], loanId ?? scene.openLoan];
      if (fails !== undefined) scene.fail(fails);
      const { type, problem } = await (await connect()).ask({ type: 'subscribe', token, loan_id: loan, after });
      const viaFeed = type === 'subscribed' ? { code: 'OK' } : errorOf(problem.error, problem, problem.retry_after);
      const watched = watch(graphQlClient(url, { token }), { loanId: loan, after });
      await watched.begun;
      const [error] = watched.errors;
      const viaGraphQl = error
        ? errorOf(error.extensions.code, { ...error, ...error.extensions }, error.extensions.retryAfter)
        : { code: 'OK' };
      scene.fail(undefined);
      expect(viaFeed.code).toBe(expected);
      expect(viaGraphQl).toEqual(viaFeed);
    },
  );

  function errorOf(code: string, { message, details, retryable }: TestResponse['body'], retryAfter: unknown) {
    return { code, message, details, retryable, retryAfter };
  }
});

function replayHeaders({ headers }: TestResponse) {
  return [headers.get('Idempotency-Replayed'), headers.get('Idempotency-Original-Request-Id')];
}
