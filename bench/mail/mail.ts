import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBackground } from '../../server/src/composition/background.ts';
import { readConfig } from '../../server/src/config/config.ts';
import { openSqlite } from '../../server/src/storage/sqlite/sqlite-store.ts';
import { makeLog } from '../../server/src/telemetry/log.ts';
import { PrometheusMetrics } from '../../server/src/telemetry/prometheus.ts';
import { openTestApp } from '../../server/src/testing/app/test-app.ts';
import type { TestUser } from '../../server/src/testing/app/test-user.ts';
import type { MailResults, MailRun } from '../report/mail-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from '../report/separate-reports.ts';
import { NO_MAIL_LIMITS } from './no-limits.ts';

/* Invitations to a mail server that takes every mail at once, beside requests: alternately without mail and with it. */

const ROUNDS = 3;
const SECONDS = 10;
/** Of twenty lenders each: 500 mails a second. */
const ADDS_PER_SECOND = 25;
const LENDERS_EACH = 20;
/** Adds whose mails are sent as fast as they can be. */
const BACKLOG = 300;
const POLL_MS = 20;
/** The app's clock stands still by itself. */
const CLOCK_MS = 100;

export async function benchMail(context: BenchContext): Promise<void> {
  const { machine, node, log } = context;
  const runs: MailRun[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const isOn of [false, true]) {
      log(`round ${round} of ${ROUNDS}, mail ${isOn ? 'on' : 'off'} ...`);
      runs.push(await withSink((sink) => measure(sink, isOn)));
    }
  }
  saveResults(context, 'mail', { machine, node, runs } satisfies MailResults);
  await updatePerformancePage(context);
}

interface Sink {
  readonly port: string;
  count(): Promise<number>;
}

async function withSink<Result>(work: (sink: Sink) => Promise<Result>): Promise<Result> {
  const script = fileURLToPath(new URL('sink.ts', import.meta.url));
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  try {
    return await work({
      port: await next(),
      async count() {
        child.stdin.write('\n');
        return Number(await next());
      },
    });
  } finally {
    child.stdin.end();
  }
}

async function measure(sink: Sink, isOn: boolean): Promise<MailRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-mail-'));
  const settings = {
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    MAIL_FROM: 'mail@example.org',
    ...NO_MAIL_LIMITS,
  };
  const config = readConfig(isOn ? settings : { MAIL: 'off' });
  const store = openSqlite(join(folder, 'lending.db'));
  const limits = { invitesPerHour: 1_000_000, loansPerDay: 1_000_000 };
  const testApp = await openTestApp({ store, config: { mail: config.mail, ...limits } });
  const stop = await startBackground({
    core: testApp.app,
    contacts: testApp.app.contacts,
    sessions: testApp.app.sessions,
    mail: config.mail,
    limits: { ...config, ...limits },
    url: '',
    log: makeLog({ write() {} }),
    metrics: new PrometheusMetrics(),
  });
  const time = setInterval(() => testApp.advance(CLOCK_MS), CLOCK_MS);
  try {
    const borrower = await testApp.as('borrower@example.com');
    await addAll(borrower, 20, 'warm-up'); // and connects to the mail server
    await untilSent(sink, isOn ? 20 * LENDERS_EACH : 0);
    const steady = await addSteadily(borrower, sink, isOn);
    const perSecond = isOn ? await sendBacklog(borrower, sink) : 0;
    return { isOn, ...steady, perSecond };
  } finally {
    clearInterval(time);
    await stop();
    await testApp.close();
    rmSync(folder, { recursive: true });
  }
}

async function addAll(borrower: TestUser, count: number, prefix: string): Promise<void> {
  for (let add = 0; add < count; add += 1) await addTo(borrower, `${prefix}-${add}-`);
}

/** Posts a loan with twenty lenders. @returns how long the response took */
async function addTo(borrower: TestUser, prefix: string): Promise<number> {
  const lenders = Array.from({ length: LENDERS_EACH }, (_, n) => ({ email: `${prefix}${n}@example.com`, contribution_amount: 1 }));
  const sentAt = performance.now();
  await borrower.postsLoan({ amount: 1000, lenders });
  return performance.now() - sentAt;
}

async function addSteadily(borrower: TestUser, sink: Sink, isOn: boolean) {
  const before = await sink.count();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const latencies: Promise<number>[] = [];
  const count = SECONDS * ADDS_PER_SECOND;
  for (let add = 0; add < count; add += 1) {
    await pause(Math.max(startedAt + (add * 1000) / ADDS_PER_SECOND - performance.now(), 0));
    latencies.push(addTo(borrower, `steady-${add}-`));
  }
  const sorted = (await Promise.all(latencies)).toSorted((a, b) => a - b);
  if (isOn) await untilSent(sink, before + count * LENDERS_EACH);
  const mailsEndMs = performance.now() - startedAt - 1000 * SECONDS;
  const { user, system } = process.cpuUsage(cpuBefore);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), cpuMsPerAdd: (user + system) / 1000 / count, mailsEndMs };
}

/** @returns mails a second */
async function sendBacklog(borrower: TestUser, sink: Sink): Promise<number> {
  const before = await sink.count();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: BACKLOG }, (_, add) => addTo(borrower, `backlog-${add}-`)));
  await untilSent(sink, before + BACKLOG * LENDERS_EACH);
  return (BACKLOG * LENDERS_EACH) / ((performance.now() - startedAt) / 1000);
}

async function untilSent(sink: Sink, mails: number): Promise<void> {
  while ((await sink.count()) < mails) await pause(POLL_MS);
}
