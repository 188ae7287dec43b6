import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError, CircuitOpenError, type ClientOptions, LendingClient } from '../client/src/index.ts';
import { type FaultRule, type HostileServer, pass, startFaultyServer } from '../client/src/testing/faulty-server.ts';
import * as hostile from '../client/src/testing/network-faults.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { type Program, signIn, start, temporaryFolder } from './program.ts';

/*
 * The client against the real program, with a network between them that does everything that networks do: whatever happens on
 * the way, what was asked for happens once.
 */

const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };
/** Impatient, so that the tests are over soon; never out of retries. */
const HASTY = {
  ...{ attemptMs: 1000, retryDelayMs: 5, retryDelayMaxMs: 40, maxAttempts: 12, deadlineMs: 60_000 },
  ...{ retryBudgetMax: 100_000, breakerFailuresMax: 100_000 },
} as const;
const AMOUNT = 7;

const { answering, answeringAfter, page, problem } = hostile;

/** Each is met by another attempt. */
const MISFORTUNES: Readonly<Record<string, FaultRule>> = {
  'a reset before the server has it': hostile.resetBefore,
  'a reset after it is done': hostile.resetAfter,
  'a reset while it is being done': hostile.resetMeanwhile,
  'silence, undone': hostile.unanswered,
  'silence, done': hostile.unheard,
  'half a head': hostile.halfHead,
  'a head alone': hostile.headOnly,
  'half a body': hostile.halfBody,
  'half a chunked body': hostile.halfChunked,
  'chunks without an end': hostile.unendedChunks,
  'an answer byte by byte': hostile.dripping,
  'a body byte by byte': hostile.drippingBody,
  'a success that is not JSON': answeringAfter((told) => ({ ...told, text: told.text.slice(0, -20) })),
  'a success that is a page': answeringAfter(() => page(200)),
  'a 408': answering(problem(408, 'SERVICE_UNAVAILABLE')),
  'a 429': answering(problem(429, 'TOO_MANY_REQUESTS')),
  'a 500 after it is done': answeringAfter(() => problem(500, 'INTERNAL_ERROR')),
  'a gateway’s 502 after it is done': answeringAfter(() => page(502)),
  'a 503 with a pause': answering(problem(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '0' })),
  'a gateway’s 504 after it is done': answeringAfter(() => page(504)),
};
/** Those that cost no second of waiting. */
const QUICK = Object.values(MISFORTUNES).filter((each) => !/unanswered|unheard|dripping/.test(nameOf(each)));

function nameOf(treatment: FaultRule): string {
  return Object.entries(hostile).find(([, each]) => each === treatment)?.[0] ?? '';
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let program: Program;
let server: HostileServer;
let token: string;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  program = await start(folder.path, SETTINGS);
  server = await startFaultyServer(program.url);
  token = (await signIn(program.url, 'owner@example.com')).token;
}, 60_000);

afterAll(async () => {
  await server.stop();
  await program.stop();
  await folder.remove();
});

beforeEach(() => server.clear());

const clientAt = (url: string, options: Partial<ClientOptions> = {}) => new LendingClient({ ...HASTY, url, token, ...options });

async function newLoan(): Promise<string> {
  const { loan } = await clientAt(program.url).createLoan({ ...LOAN, amount: 1_000_000 });
  return loan.loan_id;
}

function oneLender() {
  count += 1;
  return { lenders: [{ email: `p${count}@example.com`, contribution_amount: AMOUNT }] };
}

/** Invites two lenders, one after the other, and finds that exactly these are there. */
async function invitesTwoExactlyOnce(...treatments: readonly FaultRule[]): Promise<void> {
  const loanId = await newLoan();
  const client = clientAt(server.url);
  server.clear();
  server.next(...treatments);
  await client.addLenders(loanId, oneLender());
  const { total_invited } = await client.addLenders(loanId, oneLender());
  expect(total_invited).toBe(2 * AMOUNT);
  const { loan } = await clientAt(program.url).readLoan(loanId);
  expect(loan).toMatchObject({ lender_count: 2, total_invited: 2 * AMOUNT });
  const keys = server.attempts.map(({ headers }) => headers['idempotency-key']);
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(2);
  for (const key of new Set(keys)) {
    const told = new Set(server.attempts.filter(({ headers }) => headers['idempotency-key'] === key).map(({ text }) => text));
    expect(told.size).toBe(1);
  }
  expect(server.attempts.length).toBeGreaterThan(treatments.length);
}

describe('what was asked for happens once, whatever comes between: ', () => {
  it.each(Object.entries(MISFORTUNES))(
    '%s',
    async (_, treatment) => {
      await invitesTwoExactlyOnce(treatment);
    },
    30_000,
  );

  it('a connection that is gone when it is used again', async () => {
    await invitesTwoExactlyOnce(hostile.brokenOnReuse);
  }, 30_000);

  it('429 and 503 in turn, resets and half bodies, one behind the other', async () => {
    const busy = answering(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '0' }));
    const away = answering(problem(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '0' }));
    await invitesTwoExactlyOnce(busy, away, hostile.resetAfter, busy, hostile.halfBody, away, hostile.resetBefore);
  }, 30_000);

  it('any of them, in any order', async () => {
    const misfortunes = fc.array(fc.constantFrom(...QUICK, pass), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(misfortunes, async (treatments) => {
        await invitesTwoExactlyOnce(...treatments.filter((each) => each !== pass));
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('a pause that the server asks for', () => {
  it.each([
    ['ahead', 6 * 3_600_000],
    ['behind', -6 * 3_600_000],
    ['right', 0],
  ])('is kept where it ends at a time of its clock, which is %s', async (_, skewMs) => {
    const loanId = await newLoan();
    const pauses: number[] = [];
    const onRetry = ({ delayMs }: { readonly delayMs: number }) => void pauses.push(delayMs);
    server.next(hostile.pauseBySkewedClock(503, 1, skewMs));
    await clientAt(server.url, { hooks: { onRetry } }).addLenders(loanId, oneLender());
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeGreaterThanOrEqual(1000);
    expect(pauses[0]).toBeLessThanOrEqual(1000 + HASTY.retryDelayMs);
  });

  it('is not waited for where it is too long: the call fails at once and says so', async () => {
    const loanId = await newLoan();
    server.next(answering(problem(429, 'TOO_MANY_REQUESTS', { 'retry-after': '3600' })));
    const failed = clientAt(server.url).addLenders(loanId, oneLender());
    await expect(failed).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 3600, attempts: 1 });
    expect(server.attempts).toHaveLength(1);
  });
});

it.each([400, 401, 403, 404, 405, 409, 413, 415, 422])('a %i is final', async (status) => {
  const loanId = await newLoan();
  server.always(answering(problem(status, 'CONFLICT')));
  const failed = await clientAt(server.url)
    .addLenders(loanId, oneLender())
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ApiError);
  expect(failed).toMatchObject({ status, attempts: 1 });
  expect(server.attempts).toHaveLength(1);
});

describe('a fleet whose server is gone', () => {
  const FLEET = 40;
  const FAILURES_MAX = 10;

  it('asks it a few times each, and all find it when it comes back, without a storm', async () => {
    const loanId = await newLoan();
    const options = { breakerFailuresMax: FAILURES_MAX, breakerPauseMs: 4000, breakerPauseMaxMs: 4000, maxAttempts: 5 };
    const fleet = Array.from({ length: FLEET }, () => clientAt(server.url, options));
    const before = server.connections;
    server.goDown();
    const lost = await Promise.all(
      fleet.map(async (client) => {
        let last: unknown;
        for (let call = 0; call < 10; call += 1) last = await client.addLenders(loanId, oneLender()).catch((error) => error);
        return last;
      }),
    );
    expect(lost.every((error) => error instanceof CircuitOpenError)).toBe(true);
    const asked = server.connections - before;
    expect(asked).toBeGreaterThanOrEqual(FLEET);
    expect(asked).toBeLessThanOrEqual(FLEET * (FAILURES_MAX + 1)); // else five attempts of each of ten calls
    server.comeBack();
    await Promise.all(
      fleet.map((client) => expect.poll(() => isHere(client, loanId), { timeout: 15_000, interval: 50 }).toBe(true)),
    );
    expect(server.attempts).toHaveLength(FLEET);
  }, 60_000);

  async function isHere(client: LendingClient, loanId: string): Promise<boolean> {
    try {
      await client.readLoan(loanId);
      return true;
    } catch (error) {
      if (error instanceof CircuitOpenError) return false;
      throw error;
    }
  }
});

it('a server that is killed under load, three times: each call is answered in the end, and has happened once', async () => {
  const own = await temporaryFolder();
  let killed = await start(own.path, SETTINGS);
  const { port, origin } = new URL(killed.url);
  const owner = await signIn(origin, 'owner@example.com');
  const patient = { token: owner.token, maxAttempts: 1000, retryDelayMs: 20, retryDelayMaxMs: 200, deadlineMs: 90_000 };
  const client = clientAt(origin, patient);
  const { loan } = await client.createLoan({ ...LOAN, amount: 1_000_000 });
  const CALLS = 300;
  const open = Array.from({ length: CALLS }, oneLender);
  let [answered, retries] = [0, 0];
  const lane = async () => {
    for (let body = open.pop(); body !== undefined; body = open.pop()) {
      const { attempts } = await client.addLenders(loan.loan_id, body).withResponse();
      answered += 1;
      retries += attempts - 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  for (const wanted of [50, 120, 190]) {
    while (answered < wanted) await new Promise(setImmediate);
    await killed.kill();
    killed = await start(own.path, { ...SETTINGS, PORT: port });
  }
  await lanes;
  expect(retries).toBeGreaterThan(0);
  const after = (await client.readLoan(loan.loan_id)).loan;
  expect(after).toMatchObject({ lender_count: CALLS, total_invited: CALLS * AMOUNT });
  await killed.stop();
  await own.remove();
}, 120_000);
