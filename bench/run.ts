import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nothingMayBeSkipped } from '../e2e/dynamodb.ts';
import { measureClientSizes, overSize } from './client-size.ts';
import { measureColdStarts } from './cold-start.ts';
import { writeFeed } from './feed.ts';
import { writeImport } from './import.ts';
import { measureRounds } from './measure.ts';
import { filled } from './report/markdown-sections.ts';
import { type Results, reportOf } from './report/report.ts';
import { runsApart } from './report/separate-reports.ts';
import { requestGates, writeScale } from './scale.ts';
import { simulateAsked } from './simulation/scenarios.ts';
import { simulationTable } from './simulation/table.ts';
import { measureStartUp } from './startup.ts';
import { countCalls, overBudget } from './storage-calls.ts';

/*
 * `npm run bench`: everything about one machine, into docs/performance.md; fails where an outcome exceeds its budget of calls.
 * `npm run bench -- feed`: a thousand connections to the feed, into a part of docs/performance.md.
 * `npm run bench -- import`: files of lenders, into a part of docs/performance.md.
 * `npm run bench -- client-size`: the client and others in a browser's bundle, into a part of docs/performance.md.
 * `npm run bench -- scale`: everything about DynamoDB, into docs/scale.md.
 * `npm run bench -- simulate`: the model of many requests; see simulation/scenarios.ts for its options.
 * `npm run bench -- gates`: only what is the same at every run.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const node = process.versions.node;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(objections: readonly string[]): void {
  for (const line of objections) say(line);
  if (objections.length > 0) process.exitCode = 1;
}

async function writePerformance(): Promise<void> {
  const calls = await countCalls();
  fail(overBudget(calls));
  const startUpMs = await measureStartUp();
  const coldStarts = await measureColdStarts();
  const results: Results = { machine, node, calls, startUpMs, coldStarts, rounds: await measureRounds(say) };
  const { page, charts } = reportOf(results);
  mkdirSync(`${root}docs/img`, { recursive: true });
  writeFileSync(`${root}bench/results.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${root}docs/performance.md`, filled(page, await runsApart(root)));
  for (const [name, svg] of Object.entries(charts)) writeFileSync(`${root}docs/img/${name}`, svg);
  say('docs/performance.md is new');
}

async function writeClientSize(): Promise<void> {
  fail(overSize(await measureClientSizes()));
  const page = `${root}docs/performance.md`;
  writeFileSync(page, filled(readFileSync(page, 'utf8'), await runsApart(root)));
  say('docs/performance.md has a new part');
}

async function judge(): Promise<void> {
  const exceeded = [...overBudget(await countCalls()), ...overSize(await measureClientSizes())];
  const requests = await requestGates();
  const objections = 'skipped' in requests ? [] : requests.objections;
  fail([...exceeded, ...objections]);
  if (!('skipped' in requests)) say(`calls and requests counted, ${exceeded.length + objections.length} figures over their budget`);
  else if (nothingMayBeSkipped()) fail([`Requests to DynamoDB must be counted under CI=true, and can't: ${requests.skipped}.`]);
  else
    say(`calls counted, ${exceeded.length} figures over their budget; requests to DynamoDB SKIPPED, because ${requests.skipped}`);
}

const [mode, ...options] = process.argv.slice(2);
switch (mode) {
  case undefined:
    await writePerformance();
    break;
  case 'feed':
    await writeFeed(root, { machine, node }, say);
    break;
  case 'import':
    await writeImport(root, { machine, node }, say);
    break;
  case 'client-size':
    await writeClientSize();
    break;
  case 'scale':
    await writeScale(root, { machine, node }, say);
    break;
  case 'simulate':
    process.stdout.write(`${simulationTable(simulateAsked(options))}\n`);
    break;
  case 'gates':
    await judge();
    break;
  default:
    fail([
      `There is no benchmark "${mode}". There are feed, import, client-size, scale, simulate and gates; without a name, the figures of one machine.`,
    ]);
}
