import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nothingMayBeSkipped } from '../e2e/dynamodb.ts';
import { measureClientSizes, overSize } from './client-size.ts';
import { measureColdStarts } from './cold-start.ts';
import { benchConsole } from './console/report.ts';
import { measureConsoleSize, overConsoleSize } from './console/size.ts';
import { benchFeed } from './feed.ts';
import { benchGrowth } from './growth/growth.ts';
import { benchImport } from './import.ts';
import { benchMail } from './mail/mail.ts';
import { measureRounds } from './measure.ts';
import { benchPeers } from './peers/peers.ts';
import { fillSections } from './report/markdown-sections.ts';
import { reportOf } from './report/report.ts';
import { type BenchContext, saveResults, separateSections, updatePerformancePage } from './report/separate-reports.ts';
import { benchScale, checkRequests } from './scale.ts';
import { simulateFromArgs } from './simulation/scenarios.ts';
import { simulationTable } from './simulation/table.ts';
import { measureStartUp } from './startup.ts';
import { benchStarvation } from './starvation/starvation.ts';
import { countCalls, overBudget } from './storage-calls.ts';

/*
 * `npm run bench`: the figures of one machine, in docs/performance.md; fails if an outcome exceeds its budget of calls.
 * `npm run bench -- feed | growth | import | mail | client-size | starvation`: a section of docs/performance.md.
 * `npm run bench -- peers`: ours next to PostgreSQL and other patterns on DynamoDB; see peers/options.ts for its options.
 * `npm run bench -- console`: size of the console and its time to interactive, in docs/console.md.
 * `npm run bench -- scale`: the figures about DynamoDB, in docs/scale.md and docs/deploy.md.
 * `npm run bench -- simulate`: a simulation of many requests; see simulation/scenarios.ts for its options.
 * `npm run bench -- gates`: checks budgets and sizes, which are the same at every run.
 */

const context: BenchContext = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.versions.node,
  log: (line) => void process.stderr.write(`${line}\n`),
};

/** Prints the lines, and fails if there are any. */
function fail(lines: readonly string[]): void {
  for (const line of lines) context.log(line);
  if (lines.length > 0) process.exitCode = 1;
}

async function benchPerformance(): Promise<void> {
  const { root, machine, node, log } = context;
  const calls = await countCalls();
  fail(overBudget(calls));
  const startUpMs = await measureStartUp();
  const coldStarts = await measureColdStarts();
  const results = { machine, node, calls, startUpMs, coldStarts, rounds: await measureRounds(log) };
  const { page, charts } = reportOf(results);
  mkdirSync(`${root}docs/img`, { recursive: true });
  saveResults(context, 'results', results);
  writeFileSync(`${root}docs/performance.md`, fillSections(page, await separateSections(root)));
  for (const [name, svg] of Object.entries(charts)) writeFileSync(`${root}docs/img/${name}`, svg);
  log('updated docs/performance.md');
}

async function benchClientSize(): Promise<void> {
  fail(overSize(await measureClientSizes()));
  await updatePerformancePage(context);
}

async function checkGates(): Promise<void> {
  const exceeded = [
    ...overBudget(await countCalls()),
    ...overSize(await measureClientSizes()),
    ...overConsoleSize(measureConsoleSize()),
  ];
  const requests = await checkRequests();
  if ('exceeded' in requests) exceeded.push(...requests.exceeded);
  else if (nothingMayBeSkipped()) exceeded.push(`With CI=true, requests to DynamoDB must be counted, but ${requests.skipped}.`);
  else context.log(`requests to DynamoDB SKIPPED, because ${requests.skipped}`);
  fail(exceeded);
  context.log(`${exceeded.length} figures exceed their budget`);
}

const [mode = '', ...options] = process.argv.slice(2);
const modes: Readonly<Record<string, () => unknown>> = {
  '': benchPerformance,
  feed: () => benchFeed(context),
  growth: () => benchGrowth(context),
  import: () => benchImport(context),
  mail: () => benchMail(context),
  'client-size': benchClientSize,
  console: async () => fail(await benchConsole(context)),
  peers: () => benchPeers(context, options),
  starvation: () => benchStarvation(context, options[0]),
  scale: () => benchScale(context),
  simulate: () => process.stdout.write(`${simulationTable(simulateFromArgs(options))}\n`),
  gates: checkGates,
};
const run = modes[mode];
if (run) await run();
else fail([`There is no benchmark "${mode}". There are ${Object.keys(modes).filter(Boolean).join(', ')}.`]);
