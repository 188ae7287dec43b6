import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, call, signIn } from '../../e2e/http-client.ts';
import { csv, lines } from '../../server/src/testing/app/import-helpers.ts';
import { openWorkplace, type Served, type Workplace } from '../../server/src/testing/process/cli-process.ts';
import { type BenchContext, saveResults, updatePerformancePage } from '../report/separate-reports.ts';
import type { AttackResult, Delays, StarvationResults } from '../report/starvation-report.ts';
import { attacks, type Target } from './attacks.ts';

/* One caller attacks the server; how long do others wait? */

const ATTACKER = fileURLToPath(new URL('attacker.ts', import.meta.url));
const ATTACKER_EMAIL = 'attacker@example.com';
const WARM_UP_MS = 500;
const MEASURED_MS = 4000;
const PROBE_EVERY_MS = 10;
const PROBE_MS_MAX = 10_000;
const QUIET_LOANS = 1000;
/** Half of the long history each. */
const FILE_ROWS = 10_000;

type Loans = Pick<Target, 'loanId' | 'longLoanId' | 'quietLoanIds'>;

/** @param only attacks whose name contains it */
export async function benchStarvation(context: BenchContext, only = ''): Promise<void> {
  const { machine, node, log } = context;
  const work = openWorkplace();
  const results: AttackResult[] = [];
  try {
    const prepared = await serve(work, { REQUESTS_PER_SECOND: '0' });
    const loans = await prepare(prepared.url, log);
    await prepared.stop('SIGTERM');
    for (const { name } of attacks.filter((attack) => attack.name.includes(only))) {
      const { url, stop } = await serve(work, {}); // a new one each, as an attack may leave work behind
      const [attacker, other] = [await signIn(url, ATTACKER_EMAIL), await signIn(url, 'other@example.com')];
      const result = await measure(name, { ...loans, url, token: attacker.token }, other);
      await stop('SIGKILL');
      results.push(result);
      log(`${name}: /health/live ${Math.round(result.live.max)} ms, another user ${Math.round(result.other.max)} ms at most`);
    }
  } finally {
    await work.close();
  }
  if (only !== '') return;
  saveResults(context, 'starvation', { machine, node, results } satisfies StarvationResults);
  await updatePerformancePage(context);
}

function serve(work: Workplace, settings: Readonly<Record<string, string>>): Promise<Served> {
  return work.serve({ LOANS_PER_DAY: '1000000', INVITES_PER_HOUR: '1000000', ...settings });
}

async function prepare(url: string, log: (line: string) => void): Promise<Loans> {
  const user = await signIn(url, ATTACKER_EMAIL);
  const loanId = await user.postsLoan();
  const longLoanId = await user.postsLoan({ amount: 1_000_000 });
  log('preparing a loan with 20,000 events ...');
  for (const prefix of ['ann', 'ben']) await importLenders(url, user, longLoanId, csv(...lines(FILE_ROWS, 1, prefix)));
  log(`preparing ${QUIET_LOANS} loans ...`);
  const quietLoanIds: string[] = [];
  while (quietLoanIds.length < QUIET_LOANS) quietLoanIds.push(await user.postsLoan());
  return { loanId, longLoanId, quietLoanIds };
}

async function importLenders(url: string, { token }: Client, loanId: string, body: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' };
  const response = await fetch(`${url}/loans/${loanId}/lenders/imports?mode=per_row`, { method: 'POST', headers, body });
  if (response.status !== 202) throw new Error(`the file was rejected: ${await response.text()}`);
  const path = response.headers.get('Location') ?? '';
  while ((await call(url, token, 'GET', path)).body.import.status !== 'completed') await pause(200);
}

async function measure(name: string, target: Target, other: Client): Promise<AttackResult> {
  const { url } = target;
  const attacker = spawn(process.execPath, [ATTACKER, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  attacker.stdin.end(JSON.stringify(target));
  await once(attacker.stdout, 'data');
  await pause(WARM_UP_MS);
  const end = performance.now() + MEASURED_MS;
  const [live, others] = await Promise.all([
    probe(end, PROBE_EVERY_MS, () => timed(url, '/health/live', {})),
    probe(end, 5 * PROBE_EVERY_MS, () => timed(url, '/loans', { Authorization: `Bearer ${other.token}` })),
  ]);
  await endOf(attacker);
  return { name, live, other: others };
}

async function endOf(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Asks in even intervals, each time with a new connection. */
async function probe(end: number, everyMs: number, ask: () => Promise<boolean>): Promise<Delays> {
  const delays: number[] = [];
  let failures = 0;
  while (performance.now() < end) {
    const startedAt = performance.now();
    if (!(await ask())) failures += 1;
    delays.push(performance.now() - startedAt);
    await pause(everyMs);
  }
  delays.sort((a, b) => a - b);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  return { count: delays.length, failures, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** @returns whether the response was 200 */
function timed(url: string, path: string, headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(new URL(path, url), { headers, agent: false, timeout: PROBE_MS_MAX });
    sent.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode === 200)));
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end();
  });
}
