import { readFileSync, writeFileSync } from 'node:fs';
import { whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import { objectionsTo } from './dynamodb/budget.ts';
import { measureHotLoans } from './dynamodb/hot-loan.ts';
import { measureLatency } from './dynamodb/latency.ts';
import { measureOutcomes } from './dynamodb/outcomes.ts';
import { startBenchDatabase } from './dynamodb/setup.ts';
import { filled } from './report/markdown-sections.ts';
import { hotLoanChart, type ScaleResults, scaleParts } from './report/scale-report.ts';
import { simulateAll } from './simulation/scenarios.ts';
import { validate } from './simulation/validation.ts';

/* Everything about DynamoDB that docs/scale.md and docs/deploy.md tell figures of. */

type Say = (line: string) => void;

const PAGES = ['docs/scale.md', 'docs/deploy.md'];

/** @param root of the repository, with a slash; @throws Error where this machine can't run DynamoDB Local */
export async function writeScale(root: string, { machine, node }: Pick<ScaleResults, 'machine' | 'node'>, say: Say): Promise<void> {
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) throw new Error(reason);
  const results = await measureScale({ machine, node }, say);
  const parts = scaleParts(results);
  writeFileSync(`${root}bench/scale.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${root}docs/img/hot-loan.svg`, hotLoanChart(results.hotLoans));
  for (const page of PAGES) writeFileSync(root + page, filled(readFileSync(root + page, 'utf8'), parts));
  say(`${PAGES.join(' and ')} are new`);
}

async function measureScale(made: Pick<ScaleResults, 'machine' | 'node'>, say: Say): Promise<ScaleResults> {
  const ground = await startBenchDatabase();
  try {
    say('requests and capacity of each outcome ...');
    const outcomes = await measureOutcomes(ground);
    say('adding lenders, with 11 ms injected for each call ...');
    const latency = await measureLatency(ground);
    const hotLoans = await measureHotLoans(ground, say);
    say('the simulation ...');
    return { ...made, outcomes, latency, hotLoans, simulated: simulateAll(), validated: validate(hotLoans) };
  } finally {
    await ground.end();
  }
}

/** Counts the requests of each outcome. @returns what exceeds its budget; or why it could not be counted */
export async function requestGates(): Promise<{ readonly objections: string[] } | { readonly skipped: string }> {
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) return { skipped: reason };
  const ground = await startBenchDatabase();
  try {
    return { objections: objectionsTo(await measureOutcomes(ground)) };
  } finally {
    await ground.end();
  }
}
