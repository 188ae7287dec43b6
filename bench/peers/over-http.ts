import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../../e2e/http-client.ts';
import { openBareEngine } from '../bare-engine.ts';
import { CHECKED_LIMITS, requireSame, transcribe } from './check.ts';
import { type Contender, type Environment, startContender } from './contenders.ts';
import { LENDERS_EACH } from './load/plan.ts';
import type { MailSink } from './mail-sink.ts';
import { type Bench, type Load, measureLoad, runLoad, waitUntilQuiet } from './measure.ts';
import type { Effort } from './options.ts';
import { usageOf, usageSince } from './process-usage.ts';
import type { BareRun, ContenderName, Deferred, HttpResults, HttpRun, MailCost, NaturalResults } from './results.ts';

/* The servers next to each other over HTTP. A round starts each with a new store, and lets each run all loads. */

export interface HttpBench extends Bench {
  readonly environment: Environment;
  readonly sink: MailSink;
  readonly effort: Effort;
  readonly contenders: readonly ContenderName[];
  readonly log: (line: string) => void;
}

export const COMPARED: readonly ContenderName[] = ['ours', 'plain-sql', 'drizzle'];
const CLIENTS = [1, 16, 64] as const;
/** With mail, they are more than are sent at once. */
const CLIENTS_WITH_MAIL = 16;
const BARE_ROWS_ADDED = 14;
const BARE_MS = 1500;
const MAIL_MS_MAX = 180_000;
const HOT_AMOUNT = 1_000_000_000;
const HOT_BORROWER = 'hot@example.com';

/** @throws AssertionError where a server breaks a rule, or responds in another way than ours */
export async function checkContenders({ environment, contenders, log }: HttpBench): Promise<void> {
  const transcripts = new Map<ContenderName, Awaited<ReturnType<typeof transcribe>>>();
  for (const name of contenders) {
    log(`checking ${name} ...`);
    const server = await startContender(name, environment, CHECKED_LIMITS);
    try {
      transcripts.set(name, await transcribe({ url: server.url, token: environment.issuer.token }));
    } finally {
      await server.stop();
    }
    requireSame(name, transcripts.get('ours') ?? [], transcripts.get(name) ?? []);
  }
}

export async function measureNatural(bench: HttpBench): Promise<NaturalResults> {
  const { contenders, effort } = bench;
  const results = new Results();
  const bare: BareRun[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    for (const name of rotated(contenders, round)) await measureRound(bench, results, { name, round, clients: CLIENTS });
    await measureRound(bench, results, { name: 'ours-with-mail', round, clients: [CLIENTS_WITH_MAIL] });
    bare.push(await measureBare());
  }
  return { ...results, bare, mail: await measureMail(bench) };
}

export async function measureHot(bench: HttpBench): Promise<HttpResults> {
  const results = new Results();
  for (let round = 1; round <= bench.effort.rounds; round += 1)
    for (const name of rotated(bench.contenders, round))
      await measureRound(bench, results, { name, round, clients: CLIENTS, isHot: true });
  return { ...results };
}

class Results {
  readonly runs: HttpRun[] = [];
  readonly deferred: Deferred[] = [];
}

interface Round {
  readonly name: ContenderName;
  readonly round: number;
  readonly clients: readonly number[];
  readonly isHot?: true;
}

async function measureRound(bench: HttpBench, results: Results, { name, round, clients, isHot }: Round): Promise<void> {
  const { environment, effort, log } = bench;
  const server = await startContender(name, environment);
  try {
    const hot = isHot && { hot: { loanId: await createHotLoan(bench, server), email: HOT_BORROWER } };
    const load = async (one: Load) => measureLoad(bench, server, { ...one, ...hot });
    let adds = (await load({ clients: CLIENTS_WITH_MAIL, seconds: effort.warmUpSeconds })).adds;
    for (const count of clients) {
      const run = { contender: name, round, ...(await load({ clients: count, seconds: effort.seconds })) };
      adds += run.adds;
      results.runs.push(run);
      log(`round ${round}, ${isHot ? 'one loan' : 'many loans'}: ${describe(run)}`);
    }
    results.deferred.push({ contender: name, bytes: server.deferredBytes() / adds });
  } finally {
    await server.stop();
  }
}

function describe({ contender, clients, addsPerSecond, p50Ms, p99Ms, cpuMs, bytes, isComplete }: HttpRun): string {
  const rate = `${addsPerSecond.toFixed(0)} a second, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  const cost = `${cpuMs.toFixed(2)} ms CPU and ${(bytes / 1000).toFixed(0)} kB each`;
  return `${contender}, ${clients} clients: ${rate}, ${cost}${isComplete ? '' : ', and more to come'}`;
}

async function createHotLoan({ issuer }: HttpBench, { url }: Contender): Promise<string> {
  const loan = { amount: HOT_AMOUNT, currency: 'USD', interest_rate: 4.5, term_months: 36 };
  const { body } = await call(url, issuer.token(HOT_BORROWER), 'POST', '/loans', loan);
  return body.loan.loan_id;
}

async function measureBare(): Promise<BareRun> {
  const engine = openBareEngine(BARE_ROWS_ADDED);
  try {
    engine.run(BARE_MS / 3, 16);
    const before = usageOf([process.pid]);
    const startedAt = performance.now();
    const commitsPerSecond = engine.run(BARE_MS, 16);
    const commits = (commitsPerSecond * (performance.now() - startedAt)) / 1000;
    const used = usageSince(before, usageOf([process.pid]));
    return { commitsPerSecond, cpuMs: used.cpuMs / commits, bytes: used.writtenBytes / commits };
  } finally {
    await engine.close();
  }
}

async function measureMail(bench: HttpBench): Promise<MailCost> {
  const without = await addAndMail(bench, 'ours', false);
  const withMail = await addAndMail(bench, 'ours-with-mail', true);
  const { adds, mails, seconds } = withMail;
  return {
    adds,
    mails,
    mailsPerSecond: mails / seconds,
    cpuMsWithout: without.cpuMs / adds,
    cpuMsWith: withMail.cpuMs / adds,
    bytesWithout: without.writtenBytes / adds,
    bytesWith: withMail.writtenBytes / adds,
  };
}

/** Adds, and waits for their mails and until the server is quiet. */
async function addAndMail(bench: HttpBench, name: ContenderName, hasMail: boolean) {
  const { environment, effort, sink, log } = bench;
  const server = await startContender(name, environment);

  async function addAndWait(adds: number) {
    const [mailsBefore, startedAt] = [await sink.count(), performance.now()];
    await runLoad(bench, server, { clients: CLIENTS_WITH_MAIL, seconds: 60, adds });
    const mails = hasMail ? adds * LENDERS_EACH : 0;
    while ((await sink.count()) < mailsBefore + mails) {
      if (performance.now() - startedAt > MAIL_MS_MAX) throw new Error(`not all mails were sent within ${MAIL_MS_MAX} ms`);
      await pause(20);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await waitUntilQuiet(() => server.usage());
    return { mails, seconds };
  }
  try {
    await addAndWait(CLIENTS_WITH_MAIL);
    const before = server.usage();
    const { mails, seconds } = await addAndWait(effort.addsWithMail);
    log(`${name}: ${effort.addsWithMail} adds, ${mails} mails in ${seconds.toFixed(1)} s`);
    return { ...usageSince(before, server.usage()), adds: effort.addsWithMail, mails, seconds };
  } finally {
    await server.stop();
  }
}

/** Each round begins with another one. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
