import { type Client, signIn } from '../e2e/http-client.ts';
import { connectFeed } from './feed-client.ts';
import type { FanOut, FeedResults } from './report/feed-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from './report/separate-reports.ts';
import { type BenchServer, withServer } from './server.ts';

/* A thousand connections to the feed over loopback: memory of the server for each, and delay of an event. */

const CONNECTIONS = 1000;
const CHANGES = 40;
const CONNECT_CONCURRENCY = 50;
const LENDERS_EACH = 20;
/** A user may have 50 connections. */
const BORROWERS = 20;
/** The server takes 100 connections of an address before their users have signed in, and 500 in all. */
const PROXY = { TRUST_PROXY: '1', ALLOW_LOCAL_ISSUER: '1' };

export async function benchFeed(context: BenchContext): Promise<void> {
  const { machine, node, log } = context;
  const fanOuts: FanOut[] = [];
  for (const loans of [BORROWERS, 5 * BORROWERS]) {
    log(`${CONNECTIONS} connections on ${loans} loans ...`);
    fanOuts.push(await withServer(PROXY, (server) => measureFanOut(server, loans)));
  }
  saveResults(context, 'feed', { machine, node, fanOuts } satisfies FeedResults);
  await updatePerformancePage(context);
}

async function measureFanOut(server: BenchServer, count: number): Promise<FanOut> {
  const borrowers = await Promise.all(Array.from({ length: BORROWERS }, (_, n) => signIn(server.url, `borrower${n}@example.com`)));
  const invited = Array.from({ length: LENDERS_EACH }, (_, n) => ({ email: `lender${n}@example.com`, contribution_amount: 1 }));
  const lenders = await Promise.all(invited.map(({ email }) => signIn(server.url, email)));
  const loans: { id: string; token: string }[] = [];
  for (const borrower of Array.from({ length: count }, (_, n) => borrowers[n % BORROWERS])) {
    if (borrower) loans.push({ id: await borrower.postsLoan({ lenders: invited }), token: borrower.token });
  }

  const residentBytesBefore = server.residentBytes();
  const arrivals: number[] = [];
  const connect = (n: number) => {
    const { id = '', token = '' } = loans[n % count] ?? {};
    const from = `10.0.0.${n % 250}`;
    return connectFeed({ url: server.url, token, loanIds: [id], from, onEvent: () => void arrivals.push(performance.now()) });
  };
  const clients: Awaited<ReturnType<typeof connect>>[] = [];
  while (clients.length < CONNECTIONS)
    clients.push(...(await Promise.all(Array.from({ length: CONNECT_CONCURRENCY }, (_, n) => connect(clients.length + n)))));
  const residentBytesWith = server.residentBytes();

  const delays: number[] = [];
  const audience = CONNECTIONS / count;
  for (let change = 0; change < CHANGES; change += 1) {
    const loan = loans[change % count]?.id ?? '';
    arrivals.length = 0;
    const respondedAt = await changeLoan(lenders, loan, Math.floor(change / count));
    while (arrivals.length < audience) await new Promise(setImmediate);
    delays.push(...arrivals.map((at) => Math.max(0, at - respondedAt)));
  }
  for (const client of clients) client.close();
  delays.sort((a, b) => a - b);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  const delaysMs = { count: delays.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  return { loans: count, connections: CONNECTIONS, residentBytesBefore, residentBytesWith, delaysMs };
}

/** Each lender accepts, then declines: one event each. @returns the time of the response */
async function changeLoan(lenders: readonly Client[], loan: string, turn: number): Promise<number> {
  const lender = lenders[turn % lenders.length];
  const verb = turn < lenders.length ? 'accept' : 'decline';
  if (turn >= 2 * lenders.length) throw new Error('all lenders have declined');
  const response = await lender?.post(`/invitations/${loan}/${verb}`);
  if (response?.status !== 200) throw new Error(`the server responded with ${response?.status}: ${response?.text}`);
  return performance.now();
}
