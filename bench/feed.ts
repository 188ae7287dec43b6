import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Client, type Program, signIn, start, temporaryFolder } from '../e2e/program.ts';
import { connectFeed } from './feed-client.ts';
import type { FanOut, FeedResults } from './report/feed-report.ts';
import { filled } from './report/markdown-sections.ts';
import { runsApart } from './report/separate-reports.ts';

/* A thousand connections to the feed, on loopback: what each takes of the server's memory, and how long an event takes to all of them. */

const CONNECTIONS = 1000;
const CHANGES = 40;
/** Connections that are opened at once. */
const AT_ONCE = 50;
const LENDERS_EACH = 20;
const PAGE = 'docs/performance.md';

/** @param root of the repository, with a slash */
export async function writeFeed(
  root: string,
  made: Pick<FeedResults, 'machine' | 'node'>,
  say: (line: string) => void,
): Promise<void> {
  const fanOuts: FanOut[] = [];
  for (const loans of [1, 100]) {
    say(`${CONNECTIONS} connections on ${loans} ${loans === 1 ? 'loan' : 'loans'} ...`);
    fanOuts.push(await measureFanOut(loans));
  }
  const results: FeedResults = { ...made, fanOuts };
  writeFileSync(`${root}bench/feed.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(root + PAGE, filled(readFileSync(root + PAGE, 'utf8'), await runsApart(root)));
  say(`${PAGE} has a new part`);
}

async function measureFanOut(count: number): Promise<FanOut> {
  const folder = await temporaryFolder();
  const server = await start(folder.path, { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' });
  try {
    return await measureOn(server, count);
  } finally {
    await server.stop();
    await folder.remove();
  }
}

async function measureOn(server: Program, count: number): Promise<FanOut> {
  const borrower = await signIn(server.url, 'borrower@example.com');
  const invited = Array.from({ length: LENDERS_EACH }, (_, n) => ({ email: `lender${n}@example.com`, contribution_amount: 1 }));
  const lenders = await Promise.all(invited.map(({ email }) => signIn(server.url, email)));
  const loans: string[] = [];
  while (loans.length < count) loans.push(await borrower.postsLoan({ lenders: invited }));

  const residentBytesBefore = residentBytesOf(server.pid);
  const arrivals: number[] = [];
  const connect = (n: number) =>
    connectFeed(server.url, borrower.token, loans[n % count] ?? '', () => void arrivals.push(performance.now()));
  const clients: Awaited<ReturnType<typeof connect>>[] = [];
  while (clients.length < CONNECTIONS)
    clients.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => connect(clients.length + n)))));
  const residentBytesWith = residentBytesOf(server.pid);

  const delays: number[] = [];
  const audience = CONNECTIONS / count;
  for (let change = 0; change < CHANGES; change += 1) {
    const loan = loans[change % count] ?? '';
    arrivals.length = 0;
    const answered = await changed(lenders, loan, Math.floor(change / count));
    while (arrivals.length < audience) await new Promise(setImmediate);
    delays.push(...arrivals.map((at) => Math.max(0, at - answered)));
  }
  for (const client of clients) client.close();
  delays.sort((a, b) => a - b);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  const delaysMs = { count: delays.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  return { loans: count, connections: CONNECTIONS, residentBytesBefore, residentBytesWith, delaysMs };
}

/** Each lender accepts, then declines: one event each time. @returns when it was answered */
async function changed(lenders: readonly Client[], loan: string, round: number): Promise<number> {
  const lender = lenders[round % lenders.length];
  const verb = round < lenders.length ? 'accept' : 'decline';
  if (round >= 2 * lenders.length) throw new Error('nobody is left to answer');
  const answer = await lender?.post(`/invitations/${loan}/${verb}`);
  if (answer?.status !== 200) throw new Error(`the answer was refused: ${answer?.text}`);
  return performance.now();
}

function residentBytesOf(pid: number): number {
  return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}
