import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ApiError, CircuitOpenError, type ClientOptions, LendingClient } from '../client/src/index.ts';
import { type FaultRule, type FaultyServer, pass, startFaultyServer } from '../client/src/testing/faulty-server.ts';
import * as faults from '../client/src/testing/network-faults.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { openWorkplace, type Served, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

/* The client against the real program, with network faults between them: every change happens exactly once. */

const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };
/** Short delays, and retries without a limit. */
const FAST = {
  attemptMs: 1000,
  retryDelayMs: 5,
  retryDelayMaxMs: 40,
  maxAttempts: 12,
  deadlineMs: 60_000,
  retryBudgetMax: 100_000,
  breakerFailuresMax: 100_000,
} as const;
const AMOUNT = 7;

const { page, problem, replaceResponse, respond } = faults;

/** Each leads to a retry. */
const FAULTS: Readonly<Record<string, FaultRule>> = {
  'a reset before the server has the request': faults.resetBeforeForward,
  'a reset after the change': faults.resetAfterForward,
  'a reset during the change': faults.resetDuringForward,
  'no response, without the change': faults.hangBeforeForward,
  'no response, after the change': faults.hangAfterForward,
  'half a head': faults.halfHead,
  'a head without a body': faults.headOnly,
  'half a body': faults.halfBody,
  'half of the chunks': faults.halfOfChunks,
  'chunks without the last one': faults.noLastChunk,
  'a response byte by byte': faults.slowResponse,
  'a body byte by byte': faults.slowBody,
  'a success that is not JSON': replaceResponse((response) => ({ ...response, text: response.text.slice(0, -20) })),
  'a success that is HTML': replaceResponse(() => page(200)),
  'a 408': respond(problem(408, 'SERVICE_UNAVAILABLE')),
  'a 429': respond(problem(429, 'TOO_MANY_REQUESTS')),
  'a 500 after the change': replaceResponse(() => problem(500, 'INTERNAL_ERROR')),
  'a gateway’s 502 after the change': replaceResponse(() => page(502)),
  'a 503 with Retry-After': respond(problem(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '0' })),
  'a gateway’s 504 after the change': replaceResponse(() => page(504)),
};
/** Those that do not take until the attempt times out. */
const SLOW: readonly FaultRule[] = [faults.hangBeforeForward, faults.hangAfterForward, faults.slowResponse, faults.slowBody];
const QUICK = Object.values(FAULTS).filter((rule) => !SLOW.includes(rule));

let work: Workplace;
let program: Served;
let server: FaultyServer;
let token: string;
let count = 0;

beforeAll(async () => {
  work = openWorkplace();
  program = await work.serve(SETTINGS);
  server = await startFaultyServer(program.url);
  token = (await signIn(program.url, 'owner@example.com')).token;
});

afterAll(async () => {
  await server.stop();
  await work.close();
});

beforeEach(() => server.clear());

const clientAt = (url: string, options: Partial<ClientOptions> = {}) => new LendingClient({ ...FAST, url, token, ...options });

async function newLoan(): Promise<string> {
  const { loan } = await clientAt(program.url).createLoan({ ...LOAN, amount: 1_000_000 });
  return loan.loan_id;
}

function oneLender() {
  count += 1;
  return { lenders: [{ email: `p${count}@example.com`, contribution_amount: AMOUNT }] };
}

/** Invites two lenders, one after the other, and expects exactly these. */
async function expectTwoInvitedOnce(...rules: readonly FaultRule[]): Promise<void> {
  const loanId = await newLoan();
  const client = clientAt(server.url);
  server.clear();
  server.next(...rules);
  await client.addLenders(loanId, oneLender());
  const { total_invited } = await client.addLenders(loanId, oneLender());
  expect(total_invited).toBe(2 * AMOUNT);
  const { loan } = await clientAt(program.url).readLoan(loanId);
  expect(loan).toMatchObject({ lender_count: 2, total_invited: 2 * AMOUNT });
  const keys = server.attempts.map(({ headers }) => headers['idempotency-key']);
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(2);
  for (const key of new Set(keys)) {
    const bodies = server.attempts.filter(({ headers }) => headers['idempotency-key'] === key).map(({ text }) => text);
    expect(new Set(bodies).size).toBe(1);
  }
  expect(server.attempts.length).toBeGreaterThan(rules.length);
}

describe('LendingClient.addLenders over a faulty network', () => {
  it.each(Object.entries(FAULTS))('invites once despite %s', (_, rule) => expectTwoInvitedOnce(rule));

  it('invites once despite a connection that breaks on reuse', () => expectTwoInvitedOnce(faults.resetOnReuse));

  it('invites once despite a sequence of 429s, 503s, resets and half bodies', async () => {
    const busy = respond(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '0' }));
    const away = respond(problem(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '0' }));
    await expectTwoInvitedOnce(busy, away, faults.resetAfterForward, busy, faults.halfBody, away, faults.resetBeforeForward);
  });

  it('invites once despite any sequence of faults', async () => {
    const sequences = fc.array(fc.constantFrom(...QUICK, pass), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sequences, async (rules) => {
        await expectTwoInvitedOnce(...rules.filter((rule) => rule !== pass));
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('LendingClient and Retry-After', () => {
  it.each([
    ['ahead', 6 * 3_600_000],
    ['behind', -6 * 3_600_000],
    ['right', 0],
  ])('waits for a Retry-After date when the server’s clock is %s', async (_, skewMs) => {
    const loanId = await newLoan();
    const delays: number[] = [];
    const onRetry = ({ delayMs }: { readonly delayMs: number }) => void delays.push(delayMs);
    server.next(faults.retryAfterBySkewedClock(503, 1, skewMs));
    await clientAt(server.url, { hooks: { onRetry } }).addLenders(loanId, oneLender());
    expect(delays).toHaveLength(1);
    expect(delays[0]).toBeGreaterThanOrEqual(1000);
    expect(delays[0]).toBeLessThanOrEqual(1000 + FAST.retryDelayMs);
  });

  it('fails at once when Retry-After is too long', async () => {
    const loanId = await newLoan();
    server.next(respond(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '3600' })));
    const failed = clientAt(server.url).addLenders(loanId, oneLender());
    await expect(failed).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 3600, attempts: 1 });
    expect(server.attempts).toHaveLength(1);
  });
});

it.each([400, 401, 403, 404, 405, 409, 413, 415, 422])('LendingClient does not retry after a %i of the API', async (status) => {
  const loanId = await newLoan();
  server.always(respond(problem(status, 'CONFLICT')));
  const failed = await clientAt(server.url)
    .addLenders(loanId, oneLender())
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ApiError);
  expect(failed).toMatchObject({ status, attempts: 1 });
  expect(server.attempts).toHaveLength(1);
});

describe('many LendingClients', () => {
  const FLEET = 40;
  const FAILURES_MAX = 10;

  it('clients make a few attempts each while the server is down, and recover when it returns, without a retry storm', async () => {
    const loanId = await newLoan();
    const options = { breakerFailuresMax: FAILURES_MAX, breakerPauseMs: 4000, breakerPauseMaxMs: 4000, maxAttempts: 5 };
    const clients = Array.from({ length: FLEET }, () => clientAt(server.url, options));
    const before = server.connections;
    server.goDown();
    const errors = await Promise.all(
      clients.map(async (client) => {
        let last: unknown;
        for (let call = 0; call < 10; call += 1) last = await client.addLenders(loanId, oneLender()).catch((error) => error);
        return last;
      }),
    );
    expect(errors.every((error) => error instanceof CircuitOpenError)).toBe(true);
    const opened = server.connections - before;
    expect(opened).toBeGreaterThanOrEqual(FLEET);
    expect(opened).toBeLessThanOrEqual(FLEET * (FAILURES_MAX + 1)); // without a breaker: ten calls of five attempts each
    server.comeBack();
    await Promise.all(
      clients.map((client) => expect.poll(() => isAvailable(client, loanId), { timeout: 15_000, interval: 50 }).toBe(true)),
    );
    expect(server.attempts).toHaveLength(FLEET);
  });

  async function isAvailable(client: LendingClient, loanId: string): Promise<boolean> {
    try {
      await client.readLoan(loanId);
      return true;
    } catch (error) {
      if (error instanceof CircuitOpenError) return false;
      throw error;
    }
  }
});

it('LendingClient completes every call exactly once while the server is killed three times under load', async () => {
  const own = openWorkplace();
  onTestFinished(() => own.close());
  let killed = await own.serve(SETTINGS);
  const { port, origin } = new URL(killed.url);
  const owner = await signIn(origin, 'owner@example.com');
  const patient = { ...FAST, token: owner.token, maxAttempts: 1000, retryDelayMs: 20, retryDelayMaxMs: 200, deadlineMs: 90_000 };
  const client = clientAt(origin, patient);
  const { loan } = await client.createLoan({ ...LOAN, amount: 1_000_000 });
  const CALLS = 300;
  const open = Array.from({ length: CALLS }, oneLender);
  let [completed, retries] = [0, 0];
  const worker = async () => {
    for (let body = open.pop(); body !== undefined; body = open.pop()) {
      const { attempts } = await client.addLenders(loan.loan_id, body).withResponse();
      completed += 1;
      retries += attempts - 1;
    }
  };
  const workers = Promise.all(Array.from({ length: 8 }, worker));
  for (const wanted of [50, 120, 190]) {
    await vi.waitUntil(() => completed >= wanted, { timeout: 30_000, interval: 2 });
    await killed.stop('SIGKILL');
    killed = await own.serve({ ...SETTINGS, PORT: port });
  }
  await workers;
  expect(retries).toBeGreaterThan(0);
  const after = (await client.readLoan(loan.loan_id)).loan;
  expect(after).toMatchObject({ lender_count: CALLS, total_invited: CALLS * AMOUNT });
}, 120_000);
