import { setTimeout as pause } from 'node:timers/promises';
import { signIn } from '../../e2e/http-client.ts';
import { connectFeed } from '../feed-client.ts';
import { startGenerator } from '../peers/load/generator.ts';
import { LENDERS_EACH } from '../peers/load/plan.ts';
import { waitUntilQuiet } from '../peers/measure.ts';
import { usageOf, usageSince } from '../peers/process-usage.ts';
import { drawGrowth, type Growth, type GrowthResults, type Watching } from '../report/growth-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from '../report/separate-reports.ts';
import { type BenchServer, withServer } from '../server.ts';
import { fillWithLoans } from './fill.ts';

/* Whether an add costs the same in a store of many loans and in a loan of many lenders, and what quiet subscriptions cost. */

const SETTINGS = { MAIL: 'off', LOANS_PER_DAY: '1000000' };
const LOANS = [1, 100, 1000, 10_000, 100_000] as const;
const LENDERS = [0, 1000, 10_000, 100_000] as const;
/** In a store of many loans, 16 clients; in a loan of many lenders, one client: its commands queue. */
const ADDS = { manyLoans: 3000, oneLoan: 100 } as const;
const CLIENTS = 16;
const SECONDS_MAX = 600;
const QUIET_MS_MAX = 120_000;
const BORROWERS = 75;
/** The feed allows so many subscriptions of a connection. */
const SUBSCRIPTIONS_EACH = 20;
const WATCHED_MS = 30_000;
/** The longer a loan is quiet, the less often it is read. */
const QUIET_FOR_MS = 60_000;

export async function benchGrowth(context: BenchContext): Promise<void> {
  const { machine, node, log, root } = context;
  const manyLoans = await withServer(SETTINGS, (server) => growByLoans(server, log));
  const oneLoan = await withServer(SETTINGS, (server) => growByLenders(server, log));
  const watching = await withServer(SETTINGS, (server) => watchQuietLoans(server, log));
  const results = { machine, node, manyLoans, oneLoan, watching } satisfies GrowthResults;
  saveResults(context, 'growth', results);
  drawGrowth(root, results);
  await updatePerformancePage(context);
}

async function growByLoans(server: BenchServer, log: BenchContext['log']): Promise<Growth[]> {
  const tokens = await tokensOf(server, CLIENTS);
  const grown: Growth[] = [];
  await measure(server, { size: 0, adds: ADDS.manyLoans, tokens }); // warm-up
  for (const [index, size] of LOANS.entries()) {
    await fillWithLoans(Number(new URL(server.url).port), tokens, size - (LOANS[index - 1] ?? 0));
    grown.push(await measure(server, { size, adds: ADDS.manyLoans, tokens }));
    log(`${size} loans: ${describe(grown.at(-1))}`);
  }
  return grown;
}

async function growByLenders(server: BenchServer, log: BenchContext['log']): Promise<Growth[]> {
  const tokens = await tokensOf(server, 1);
  const borrower = await signIn(server.url, addressOf(0));
  const warmUp = await borrower.postsLoan({ amount: 1_000_000_000 });
  await measure(server, { size: 0, adds: 2000, tokens, loanId: warmUp });
  const loanId = await borrower.postsLoan({ amount: 1_000_000_000 });
  const grown: Growth[] = [];
  let lenders = 0;
  for (const size of LENDERS) {
    if (size > lenders) await measure(server, { size, adds: (size - lenders) / LENDERS_EACH, tokens, loanId });
    grown.push(await measure(server, { size, adds: ADDS.oneLoan, tokens, loanId }));
    lenders = size + ADDS.oneLoan * LENDERS_EACH;
    log(`${size} lenders: ${describe(grown.at(-1))}`);
  }
  return grown;
}

interface Load {
  readonly size: number;
  readonly adds: number;
  readonly tokens: readonly string[];
  readonly loanId?: string;
}

let loads = 0;

async function measure({ url, pid, residentBytes }: BenchServer, { size, ...load }: Load): Promise<Growth> {
  loads += 1;
  const generator = startGenerator();
  try {
    await waitUntilQuiet(() => usageOf([pid]), QUIET_MS_MAX);
    const before = usageOf([pid]);
    const port = Number(new URL(url).port);
    const { adds, p50Ms, p99Ms } = await generator.run({ ...load, port, name: `growth${loads}`, seconds: SECONDS_MAX });
    await waitUntilQuiet(() => usageOf([pid]), QUIET_MS_MAX);
    const used = usageSince(before, usageOf([pid]));
    return { size, p50Ms, p99Ms, cpuMs: used.cpuMs / adds, bytes: used.writtenBytes / adds, residentBytes: residentBytes() };
  } finally {
    generator.stop();
  }
}

async function watchQuietLoans(server: BenchServer, log: BenchContext['log']): Promise<Watching> {
  const borrowers = await Promise.all(Array.from({ length: BORROWERS }, (_, n) => signIn(server.url, addressOf(n))));
  const watched: { readonly token: string; readonly loanIds: readonly string[] }[] = [];
  for (const { token, postsLoan } of borrowers) {
    const loanIds = await Promise.all(Array.from({ length: SUBSCRIPTIONS_EACH }, () => postsLoan()));
    watched.push({ token, loanIds });
  }
  const idle = await shareOfCore(server.pid);
  const clients: { close(): void }[] = [];
  for (const { token, loanIds } of watched)
    clients.push(await connectFeed({ url: server.url, token, loanIds, from: '127.0.0.1', onEvent() {} }));
  await pause(QUIET_FOR_MS);
  const share = await shareOfCore(server.pid);
  for (const client of clients) client.close();
  log(
    `watching ${BORROWERS * SUBSCRIPTIONS_EACH} quiet loans: ${(100 * share).toFixed(2)} % of a core, idle ${(100 * idle).toFixed(2)} %`,
  );
  return { loans: BORROWERS * SUBSCRIPTIONS_EACH, idle, share };
}

/** After what came before has ended. */
async function shareOfCore(pid: number): Promise<number> {
  await waitUntilQuiet(() => usageOf([pid]), QUIET_MS_MAX);
  const before = usageOf([pid]);
  await pause(WATCHED_MS);
  return usageSince(before, usageOf([pid])).cpuMs / WATCHED_MS;
}

function tokensOf({ url }: BenchServer, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async (_, n) => (await signIn(url, addressOf(n))).token));
}

const addressOf = (n: number) => `borrower${n}@example.com`;

function describe(growth: Growth | undefined): string {
  if (!growth) return '';
  const { p50Ms, p99Ms, cpuMs, bytes, residentBytes } = growth;
  const sizes = `${(bytes / 1000).toFixed(0)} kB each, ${(residentBytes / 1e6).toFixed(0)} MB resident`;
  return `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${cpuMs.toFixed(2)} ms CPU and ${sizes}`;
}
