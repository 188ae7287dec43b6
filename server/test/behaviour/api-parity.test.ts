import { afterEach, describe, expect, it } from 'vitest';
import type { UseCase } from '../../src/execution/use-case.ts';
import { type Api, BY_GRAPHQL, openScene, type Scene, viaRest } from '../../src/testing/api/api-parity.ts';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { graphQlClient, watch } from '../../src/testing/api/graphql-ws.ts';
import { type Answer, LOAN, lenders, type TestAppOptions } from '../../src/testing/app/test-app.ts';
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

/* The same request through each door: the same is answered, refused, kept and counted. */

type Members = Readonly<Record<string, unknown>>;

interface Case {
  readonly when: string;
  readonly useCase: UseCase;
  readonly members: Members | ((scene: Scene) => Members);
  /** The borrower if left out. */
  readonly who?: keyof Scene['tokens'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly options?: TestAppOptions;
  /** What happens before, through HTTP. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** `OK`, or the code of the refusal. */
  readonly expected: string;
  /** Whether the words are the door's: GraphQL's own types find these before the use case does. */
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
const accepts = ({ by, openLoan }: Scene) => by('ann', 'POST', `/invitations/${openLoan}/accept`);

const done: readonly Omit<Case, 'expected'>[] = [
  { when: 'a loan', useCase: createLoan, members: LOAN },
  {
    ...{ when: 'a loan with all there is', useCase: createLoan },
    members: { ...LOAN, amount: '2500.50', currency: 'EUR', purpose: 'a roof', lenders: [{ ...NEW.lenders[0], name: 'New' }] },
  },
  { when: 'a member that is null', useCase: createLoan, members: { ...LOAN, purpose: null } },
  { when: 'lenders', useCase: addLenders, members: onOpenLoan(NEW) },
  { when: 'lenders, with amounts as text', useCase: addLenders, members: onOpenLoan({ lenders: lenders(3, '33.33') }) },
  { when: 'another amount', useCase: changeLender, members: onLender({ contribution_amount: 0.1 }) },
  { when: 'an invitation taken back', useCase: revokeLender, members: onLender() },
  { when: 'a loan that is closed', useCase: closeLoan, members: onOpenLoan(), before: accepts },
  { when: 'a loan that is cancelled', useCase: cancelLoan, members: onOpenLoan() },
  { when: 'a loan that is cancelled again', useCase: cancelLoan, members: onCancelledLoan() },
  { when: 'a yes', useCase: acceptInvitation, members: onOpenLoan(), who: 'ann' },
  { when: 'a no', useCase: declineInvitation, members: onOpenLoan(), who: 'ann' },
  { when: 'a look at a loan', useCase: readLoan, members: onOpenLoan() },
  { when: "a lender's look at a loan", useCase: readLoan, members: onOpenLoan(), who: 'ann' },
  { when: 'a look at loans', useCase: listLoans, members: {} },
  { when: 'a page of loans', useCase: listLoans, members: { role: 'borrower', limit: 1 } },
  { when: 'loans of a lender', useCase: listLoans, members: { role: 'lender' }, who: 'ann' },
  { when: 'a look at invitations', useCase: listInvitations, members: { status: 'pending' }, who: 'ann' },
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

const malformed: readonly Case[] = [
  ...[0, -1, 0.1234, 1e21, '1e3', '5,000', '', ' 5', '01', true, [], {}].map((amount) => {
    return { when: `an amount of ${JSON.stringify(amount)}`, ...loanWith({ amount }) };
  }),
  { when: 'half a cent', ...loanWith({ amount: 10.005 }) },
  { when: 'a currency in small letters', ...loanWith({ currency: 'usd' }) },
  { when: 'a rate over 100', ...loanWith({ interest_rate: 100.5 }) },
  { when: 'a rate of four decimals', ...loanWith({ interest_rate: 4.0001 }) },
  { when: 'no months', ...loanWith({ term_months: 0 }) },
  { when: 'a long purpose', ...loanWith({ purpose: 'x'.repeat(501) }) },
  { when: 'several faults', ...loanWith({ amount: 0, term_months: 481, purpose: '\u0007' }) },
  { when: 'no loan amount', ...loanWith({ amount: null }), isTyped: true },
  { when: 'a rate in text', ...loanWith({ interest_rate: '4.5' }), isTyped: true },
  { when: 'half a month', ...loanWith({ term_months: 1.5 }), isTyped: true },
  { when: 'no lenders', ...lendersLike() },
  { when: 'too many lenders', ...lendersLike(...lenders(21, 1)) },
  { when: 'no address', ...lendersLike(newLender({ email: 'nobody' })) },
  { when: 'an address twice', ...lendersLike(newLender({}), newLender({ email: ' NEW@example.com' })) },
  { when: 'the own address', ...lendersLike(newLender({ email: 'borrower@example.com' })) },
  { when: 'a name on two lines', ...lendersLike(newLender({ name: 'a\nb' })) },
  { when: 'faults of several lenders', ...lendersLike(newLender({ contribution_amount: 0 }), newLender({ email: '' })) },
  { when: 'an address that is missing', ...lendersLike({ contribution_amount: 1 }), isTyped: true },
  ...[0, 101].map((limit) => {
    return { when: `a page of ${limit}`, useCase: listLoans, members: { limit }, expected: 'VALIDATION_ERROR' };
  }),
  { when: 'a cursor from nowhere', useCase: listLoans, members: { cursor: 'x' }, expected: 'VALIDATION_ERROR' },
  { when: 'a role of nobody', useCase: listLoans, members: { role: 'x' }, expected: 'VALIDATION_ERROR', isTyped: true },
  {
    ...{ when: 'a key without an end', useCase: addLenders, members: onOpenLoan(NEW), expected: 'VALIDATION_ERROR' },
    headers: { 'Idempotency-Key': '"open' },
  },
  {
    ...{ when: 'two keys', useCase: cancelLoan, members: onOpenLoan(), expected: 'VALIDATION_ERROR' },
    headers: { 'Idempotency-Key': 'a', 'X-Idempotency-Key': 'b' },
  },
];

const KEY = { 'Idempotency-Key': 'used' };

const refused: readonly Case[] = [
  { when: 'no token', useCase: addLenders, members: onOpenLoan(NEW), who: 'nobody', expected: 'UNAUTHORIZED' },
  { when: 'a bad token', useCase: readLoan, members: onOpenLoan(), who: 'forger', expected: 'UNAUTHORIZED' },
  { when: 'an unverified address', useCase: addLenders, members: onOpenLoan(NEW), who: 'unverified', expected: 'FORBIDDEN' },
  { when: 'no such loan', useCase: readLoan, members: NO_LOAN, expected: 'NOT_FOUND' },
  { when: 'no such loan to add to', useCase: addLenders, members: { ...NO_LOAN, ...NEW }, expected: 'NOT_FOUND' },
  { when: 'no such lender', useCase: revokeLender, members: onOpenLoan({ lender_id: 'x' }), expected: 'NOT_FOUND' },
  { when: 'no such invitation', useCase: acceptInvitation, members: onOpenLoan(), who: 'stranger', expected: 'NOT_FOUND' },
  { when: "a stranger's look", useCase: readLoan, members: onOpenLoan(), who: 'stranger', expected: 'NOT_FOUND' },
  { when: "a stranger's change", useCase: addLenders, members: onOpenLoan(NEW), who: 'stranger', expected: 'FORBIDDEN' },
  { when: "a lender's change", useCase: cancelLoan, members: onOpenLoan(), who: 'ann', expected: 'FORBIDDEN' },
  { when: 'a loan that ended', useCase: addLenders, members: onCancelledLoan(NEW), expected: 'CONFLICT' },
  { when: 'nothing accepted', useCase: closeLoan, members: onOpenLoan(), expected: 'CONFLICT' },
  {
    ...{ when: 'an amount after the answer', useCase: changeLender, before: accepts, expected: 'CONFLICT' },
    members: onLender({ contribution_amount: 5 }),
  },
  { when: 'a lender twice', ...lendersLike(...INVITED) },
  { when: 'over-funding', ...lendersLike(newLender({ contribution_amount: 19_900.01 })) },
  { when: 'all that may be wrong', ...lendersLike(...INVITED, newLender({ contribution_amount: 0.001 })) },
  {
    ...{ when: 'an hour that is full', useCase: addLenders, members: onOpenLoan(NEW), expected: 'TOO_MANY_REQUESTS' },
    options: { config: { invitesPerHour: 2 } },
  },
  {
    ...{ when: 'a rate that is spent', useCase: addLenders, members: onOpenLoan(NEW), expected: 'TOO_MANY_REQUESTS' },
    options: { config: { requestsPerSecond: 3 } },
    async before({ by, openLoan }) {
      for (const _ of [1, 2, 3, 4, 5, 6]) await by('borrower', 'GET', `/loans/${openLoan}`);
    },
  },
  {
    ...{ when: 'a key of another request', useCase: addLenders, members: onOpenLoan(NEW), headers: KEY },
    expected: 'IDEMPOTENCY_KEY_REUSED',
    before: ({ by, openLoan }) => by('borrower', 'POST', `/loans/${openLoan}/lenders`, { lenders: lenders(1, 1, 'other') }, KEY),
  },
  ...(['busy', 'throttled', 'unavailable'] as const).map((trouble) => {
    const expected = trouble === 'throttled' ? 'TOO_MANY_REQUESTS' : 'SERVICE_UNAVAILABLE';
    const before = async ({ fail }: Scene) => fail(trouble);
    return { when: `a store that is ${trouble}`, useCase: addLenders, members: onOpenLoan(NEW), expected, before };
  }),
  {
    ...{ when: 'a fault of ours', useCase: addLenders, members: onOpenLoan(NEW), expected: 'INTERNAL_ERROR' },
    before: async ({ fail }) => fail(new Error('secret of the inside')),
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

async function through(api: Api, { useCase, members, who = 'borrower', headers, options, before }: Omit<Case, 'expected'>) {
  const scene = await sceneFor(options);
  await before?.(scene);
  const context = { useCase, members: typeof members === 'function' ? members(scene) : members, who, headers: headers ?? {} };
  const counted = await scene.counting(() => api(scene, context));
  scene.fail(undefined);
  return { ...counted, kept: await scene.kept() };
}

describe('what is done', () => {
  it.each(done)('is the same through both doors: $when', async (row) => {
    const [rest, graphQl] = [await through(viaRest, row), await through(BY_GRAPHQL, row)];
    expect(rest.outcome.code).toBe('OK');
    expect(graphQl).toEqual(rest);
  });
});

describe('a malformed request', () => {
  it.each(malformed)('is refused alike: $when', async ({ expected, isTyped = false, ...row }) => {
    const [rest, graphQl] = [await through(viaRest, row), await through(BY_GRAPHQL, row)];
    expect([rest.outcome.code, graphQl.outcome.code]).toEqual([expected, expected]);
    if (!isTyped) return expect(graphQl).toEqual(rest);
    expect(graphQl.kept).toEqual(rest.kept);
    const codes = ({ outcome }: typeof rest) => outcome.details.map(({ code }: { code: string }) => code);
    expect([codes(graphQl), graphQl.calls]).toEqual([codes(rest), rest.calls]);
  });
});

describe('a refusal', () => {
  it.each(refused)('is the same through both doors: $when', async ({ expected, ...row }) => {
    const [rest, graphQl] = [await through(viaRest, row), await through(BY_GRAPHQL, row)];
    expect(rest.outcome.code).toBe(expected);
    expect(graphQl).toEqual(rest);
  });
});

describe('a repeat under the same key through the other door', () => {
  const commands = done.filter(({ useCase }) => useCase.kind === 'command');
  const both = commands.flatMap((row) => [
    { ...row, way: 'GraphQL after HTTP', first: viaRest, again: BY_GRAPHQL },
    { ...row, way: 'HTTP after GraphQL', first: BY_GRAPHQL, again: viaRest },
  ]);

  it.each(both)('is a replay: $way, $when', async ({ first, again, useCase, members, who = 'borrower', before }) => {
    const scene = await sceneFor();
    await before?.(scene);
    const context = { useCase, members: typeof members === 'function' ? members(scene) : members, who, headers: KEY };
    const answered = await first(scene, context);
    const kept = await scene.kept();
    const replayed = await again(scene, context);
    expect(replayed.outcome).toEqual(answered.outcome);
    expect(replayHeaders(answered.answer)).toEqual([null, null]);
    expect(replayHeaders(replayed.answer)).toEqual(['true', answered.answer.headers.get('X-Request-Id')]);
    expect(await scene.kept()).toEqual(kept);
  });
});

describe('watching a loan', () => {
  interface Watch {
    readonly when: string;
    readonly who?: keyof Scene['tokens'];
    /** The open one if left out. */
    readonly loanId?: string;
    readonly after?: string;
    readonly fails?: Parameters<Scene['fail']>[0];
    readonly expected: string;
  }

  it.each<Watch>([
    { when: 'by its borrower', expected: 'OK' },
    { when: 'by a lender', who: 'ann', expected: 'OK' },
    { when: 'by nobody', who: 'nobody', expected: 'UNAUTHORIZED' },
    { when: 'with a bad token', who: 'forger', expected: 'UNAUTHORIZED' },
    { when: 'by an unverified address', who: 'unverified', expected: 'FORBIDDEN' },
    { when: 'by a stranger', who: 'stranger', expected: 'NOT_FOUND' },
    { when: 'that is none', loanId: NO_LOAN.loan_id, expected: 'NOT_FOUND' },
    { when: 'whose id is none', loanId: '', expected: 'NOT_FOUND' },
    { when: 'behind a cursor from nowhere', after: 'x', expected: 'VALIDATION_ERROR' },
    { when: 'behind no cursor', after: '', expected: 'VALIDATION_ERROR' },
    { when: 'from a store that is unavailable', fails: 'unavailable', expected: 'SERVICE_UNAVAILABLE' },
    { when: 'from a store that is throttled', fails: 'throttled', expected: 'TOO_MANY_REQUESTS' },
  ])('is told or refused alike by the feed and by GraphQL: $when', async ({ who = 'borrower', loanId, after, fails, expected }) => {
    const scene = await sceneFor();
    const { url, connect } = await serveFeed(scene.testApp);
    const [token, loan] = [scene.tokens[who], loanId ?? scene.openLoan];
    if (fails !== undefined) scene.fail(fails);
    const { type, problem } = await (await connect()).ask({ type: 'subscribe', token, loan_id: loan, after });
    const byFeed = type === 'subscribed' ? { code: 'OK' } : inCommon(problem.error, problem, problem.retry_after);
    const watched = watch(graphQlClient(url, { token }), { loanId: loan, after });
    await Promise.race([watched.ended, expect.poll(() => watched.told.length).toBe(1)]);
    const [error] = watched.errors;
    const byGraphQl = error
      ? inCommon(error.extensions.code, { ...error, ...error.extensions }, error.extensions.retryAfter)
      : { code: 'OK' };
    scene.fail(undefined);
    expect(byFeed.code).toBe(expected);
    expect(byGraphQl).toEqual(byFeed);
  });

  function inCommon(code: string, { message, details, retryable }: Answer['body'], retryAfter: unknown) {
    return { code, message, details, retryable, retryAfter };
  }
});

function replayHeaders({ headers }: Answer) {
  return [headers.get('Idempotency-Replayed'), headers.get('Idempotency-Original-Request-Id')];
}
