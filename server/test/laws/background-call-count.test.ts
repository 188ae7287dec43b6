import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBackground } from '../../src/composition/background.ts';
import { readConfig } from '../../src/config/config.ts';
import { type StoreVerb, wrapStore } from '../../src/storage/instrumented-store.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { makeLog } from '../../src/telemetry/log.ts';
import { PrometheusMetrics } from '../../src/telemetry/prometheus.ts';
import { lenders, openTestApp } from '../../src/testing/app/test-app.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { startMailServer } from '../../src/testing/mail/smtp-server.ts';
import { virtualTime } from '../../src/testing/time/virtual-time.ts';

/* Storage calls that follow a commit, and those of an idle server. Each is one request to DynamoDB. */

const MINUTE_MS = 60_000;
const REQUESTS_PER_IDLE_MINUTE = 60;
/** After it, outbox entries are deleted together. */
const ENTRIES_GATHERED_MS = 50;
/** After it, outcomes of a slow mail server are recorded before all have come. */
const OUTCOMES_GATHERED_MS = 200;

async function openServer(store: Store, environment: Readonly<Record<string, string>> = {}) {
  const server = await startMailServer({});
  onTestFinished(server.close);
  const { host, port } = server.address;
  const config = readConfig({
    SMTP_URL: `smtp://${host}:${port}`,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    MAIL_FROM: 'a@example.org',
    ...environment,
  });
  /** Calls that have returned. */
  const ended: StoreVerb[] = [];
  const observed = wrapStore(store, async (verb, call) => {
    try {
      return await call();
    } finally {
      ended.push(verb);
    }
  });
  const testApp = await openTestApp({ store: observed, config: { mail: config.mail, invitesPerHour: 10_000 } });
  const time = virtualTime(testApp);
  const lines: string[] = [];
  const stop = await startBackground({
    core: testApp.app,
    contacts: { flush: async () => {} },
    sessions: testApp.app.sessions,
    mail: config.mail,
    risk: config.risk,
    limits: config,
    url: '',
    log: makeLog({ write: (line) => void lines.push(line) }),
    metrics: new PrometheusMetrics(),
    pause: time.pause,
  });
  onTestFinished(async () => {
    await stop();
    await testApp.close();
  });
  await time.settle();
  /** Waits until so many further commits, and all other calls, have returned, and no other call follows. */
  async function settlesAfter(commits: number, before: number): Promise<void> {
    const isDone = () => ended.slice(before).filter((verb) => verb === 'commit').length >= commits;
    await expect.poll(async () => isDone() && (await isQuiet(testApp.calls, ended))).toBe(true);
  }
  return { testApp, time, server, settlesAfter, errors: () => lines.filter((line) => line.includes('"level":50')) };
}

describe.each(engines)('what follows a commit on $name', ({ open }) => {
  it.each([
    ['three commits and one read', 'off', { commits: 3, reads: 1 }],
    ['another commit and another read where they are scored, each', 'shadow', { commits: 4, reads: 2 }],
  ])('takes %s, for ten lenders with all their mails (RISK=%s)', async (_, RISK, { commits, reads }) => {
    const { testApp, time, server, settlesAfter, errors } = await openServer(await open(), { RISK });
    gatherAllOutcomes();
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan({ amount: 1_000_000 })}/lenders`;
    await settlesAfter(2, 0); // secret, loan
    await time.pass(ENTRIES_GATHERED_MS);
    await settlesAfter(3, 0); // outbox entry
    const before = testApp.calls.length;
    expect((await borrower.post(path, { lenders: lenders(10, 1) })).status).toBe(200);
    await settlesAfter(commits, before);
    await time.pass(ENTRIES_GATHERED_MS);
    await settlesAfter(commits + 1, before);
    expect(server.delivered).toHaveLength(10);
    const [own, ...after] = testApp.calls.slice(before).filter((call, index) => !(index === 0 && call === 'get'));
    expect([own, after.toSorted()]).toEqual(['commit', [...Array(commits).fill('commit'), ...Array(reads).fill('get')]]);
    expect(errors()).toEqual([]);
  });
});

/** A slow mail server makes no difference then. */
function gatherAllOutcomes(): void {
  const { setTimeout: start } = globalThis;
  const timers = vi.spyOn(globalThis, 'setTimeout');
  timers.mockImplementation((run, ms, ...rest) => start(run, ms === OUTCOMES_GATHERED_MS ? 60 * MINUTE_MS : ms, ...rest));
  onTestFinished(() => timers.mockRestore());
}

/** Whether all calls have returned, and none was made for a while. */
async function isQuiet(calls: readonly unknown[], ended: readonly unknown[]): Promise<boolean> {
  const before = calls.length;
  for (let iteration = 0; iteration < 200; iteration += 1) await new Promise(setImmediate);
  return calls.length === before && ended.length === before;
}

describe('an idle server', () => {
  it(`makes at most ${REQUESTS_PER_IDLE_MINUTE} storage calls a minute`, async () => {
    const { testApp, time, errors } = await openServer(openSqlite(':memory:'));
    await (await testApp.as('borrower@example.com')).postsLoan({ lenders: lenders(10, 1) });
    await time.pass(5 * MINUTE_MS);
    const calls = await testApp.callsOf(() => time.pass(20 * MINUTE_MS));
    expect(calls.length / 20).toBeLessThanOrEqual(REQUESTS_PER_IDLE_MINUTE);
    expect(errors()).toEqual([]);
  });

  it('frees the amounts of expired invitations within a minute', async () => {
    const { testApp, time, errors } = await openServer(openSqlite(':memory:'));
    const borrower = await testApp.as('borrower@example.com');
    const loanId = await borrower.postsLoan({ lenders: lenders(10, 1) });
    const lenderCount = async () => (await borrower.get(`/loans/${loanId}`)).body.loan.lender_count;
    testApp.advance(30 * 24 * 60 * MINUTE_MS - MINUTE_MS);
    await time.pass(MINUTE_MS / 2);
    expect(await lenderCount()).toBe(10);
    await time.pass(1.5 * MINUTE_MS);
    expect(await lenderCount()).toBe(0);
    expect(errors()).toEqual([]);
  });
});
