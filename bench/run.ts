import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { countCalls, overBudget } from './calls.ts';
import { measureColdStarts } from './cold-start.ts';
import { measureRounds } from './measure.ts';
import { type Results, reportOf } from './report.ts';
import { measureStartUp } from './startup.ts';

/* `npm run bench`: everything, into docs/performance.md. `npm run bench -- gates`: only what is the same at every run. */

const root = fileURLToPath(new URL('..', import.meta.url));

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const calls = await countCalls();
const exceeded = overBudget(calls);
for (const line of exceeded) say(line);
if (exceeded.length > 0) process.exitCode = 1;

if (process.argv.includes('gates')) {
  say(`${calls.length} outcomes counted, ${exceeded.length} figures over their budget`);
} else {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const results: Results = {
    machine: `${cpus().length} cores, ${gibibytes} GiB`,
    node: process.versions.node,
    calls,
    startUpMs: await measureStartUp(),
    coldStarts: await measureColdStarts(),
    rounds: await measureRounds(say),
  };
  const { page, charts } = reportOf(results);
  mkdirSync(`${root}docs/img`, { recursive: true });
  writeFileSync(`${root}bench/results.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${root}docs/performance.md`, page);
  for (const [name, svg] of Object.entries(charts)) writeFileSync(`${root}docs/img/${name}`, svg);
  say('docs/performance.md is new');
}
