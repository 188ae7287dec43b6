import { readFileSync, writeFileSync } from 'node:fs';
import { whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import { objectionsTo, objectionsToFollowUp } from './dynamodb/budget.ts';
import { measureFollowUp } from './dynamodb/follow-up.ts';
import { measureHotLoans } from './dynamodb/hot-loan.ts';
import { measureLatency } from './dynamodb/latency.ts';
import { measureOutcomes } from './dynamodb/outcomes.ts';
import { type BenchDatabase, startBenchDatabase } from './dynamodb/setup.ts';
import { fillSections } from './report/markdown-sections.ts';
import { hotLoanChart, type ScaleResults, scaleSections } from './report/scale-report.ts';
import { type BenchContext, saveResults } from './report/separate-reports.ts';
import { simulateAll } from './simulation/scenarios.ts';
import { validate } from './simulation/validation.ts';

/* The figures about DynamoDB in docs/scale.md and docs/deploy.md. */

const PAGES = ['docs/scale.md', 'docs/deploy.md'];

/** @throws Error if this machine can't run DynamoDB Local */
export async function benchScale(context: BenchContext): Promise<void> {
  const { root, log } = context;
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) throw new Error(reason);
  const results = await withDatabase((database) => measureScale(database, context));
  const sections = scaleSections(results);
  saveResults(context, 'scale', results);
  writeFileSync(`${root}docs/img/hot-loan.svg`, hotLoanChart(results.hotLoans));
  for (const page of PAGES) writeFileSync(root + page, fillSections(readFileSync(root + page, 'utf8'), sections));
  log(`updated ${PAGES.join(' and ')}`);
}

async function measureScale(database: BenchDatabase, { machine, node, log }: BenchContext): Promise<ScaleResults> {
  log('requests and capacity of each outcome ...');
  const outcomes = await measureOutcomes(database);
  const followUp = await measureFollowUp(database);
  log('adding lenders, with 11 ms injected for each call ...');
  const latency = await measureLatency(database);
  const hotLoans = await measureHotLoans(database, log);
  log('the simulation ...');
  return { machine, node, outcomes, followUp, latency, hotLoans, simulated: simulateAll(), validated: validate(hotLoans) };
}

/** @returns a line for each outcome that exceeds its budget of requests, or why they can't be counted */
export async function checkRequests(): Promise<{ readonly exceeded: string[] } | { readonly skipped: string }> {
  const skipped = whyNoDynamoDbLocal();
  if (skipped !== undefined) return { skipped };
  const exceeded = await withDatabase(async (database) => [
    ...objectionsTo(await measureOutcomes(database)),
    ...objectionsToFollowUp(await measureFollowUp(database)),
    ...objectionsToFollowUp(await measureFollowUp(database, 'shadow'), 'shadow'),
  ]);
  return { exceeded };
}

async function withDatabase<Result>(work: (database: BenchDatabase) => Promise<Result>): Promise<Result> {
  const database = await startBenchDatabase();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}
