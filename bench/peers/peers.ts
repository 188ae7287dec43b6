import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { whyNoDynamoDbLocal } from '../../server/src/testing/dynamodb/local.ts';
import { INJECTED_MS } from '../dynamodb/latency.ts';
import { drawPeers, peersSection } from '../report/peers-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from '../report/separate-reports.ts';
import { CONNECTIONS } from './contenders.ts';
import { measureForms } from './dynamodb/measure-forms.ts';
import { startIssuer } from './issuer.ts';
import { startGenerator } from './load/generator.ts';
import { startMailSink } from './mail-sink.ts';
import { type Options, type Part, parseOptions } from './options.ts';
import { COMPARED, checkContenders, type HttpBench, measureHot, measureNatural } from './over-http.ts';
import { startPostgres } from './postgres.ts';
import type { PeersResults } from './results.ts';

/* Ours next to what a user would pick instead. */

/** @throws Error that says what this machine lacks, and AssertionError where the servers do not do the same */
export async function benchPeers(context: BenchContext, args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  const stored = readResults(context);
  const results = options.drawsOnly ? stored : { ...(!options.isQuick && stored), ...(await measure(context, options)) };
  if (options.isQuick) return void process.stdout.write(`${peersSection(results)}\n`);
  saveResults(context, 'peers', results);
  drawPeers(context.root, results);
  await updatePerformancePage(context);
}

async function measure(context: BenchContext, { parts, effort, isQuick }: Options): Promise<PeersResults> {
  const { machine, node, log } = context;
  const reason = parts.includes('dynamodb') ? whyNoDynamoDbLocal() : undefined;
  if (reason !== undefined) throw new Error(reason);
  const overHttp = parts.filter((part) => part !== 'dynamodb');
  const contenders = isQuick ? COMPARED.filter((name) => name !== 'drizzle') : COMPARED;
  const results = overHttp.length > 0 ? await measureOverHttp(context, overHttp, { effort, contenders }) : {};
  if (!parts.includes('dynamodb')) return results;
  const { requests } = effort;
  const forms = await measureForms(requests, log);
  const version = versionsOf(['@aws-lambda-powertools/idempotency']).join();
  return { ...results, dynamodb: { machine, node, requests, injectedMs: INJECTED_MS, version, forms } };
}

type Compared = Pick<HttpBench, 'effort' | 'contenders'>;

async function measureOverHttp(context: BenchContext, parts: readonly Part[], compared: Compared): Promise<PeersResults> {
  if (process.platform !== 'linux') throw new Error('CPU time and bytes are read from /proc, so this comparison needs Linux.');
  const { machine, node, log } = context;
  const postgres = await startPostgres();
  const [issuer, sink, generator] = [await startIssuer(), await startMailSink(), startGenerator()];
  const bench: HttpBench = { ...compared, environment: { issuer, postgres, smtpUrl: sink.url }, issuer, sink, generator, log };
  const { rounds, seconds } = compared.effort;
  const versions = versionsOf(['fastify', 'pg', 'drizzle-orm']);
  const [loadBefore = 0] = loadavg();
  const measured = { machine, node, loadBefore, rounds, seconds, postgres: postgres.settings, connections: CONNECTIONS, versions };
  try {
    await checkContenders(bench);
    return {
      ...(parts.includes('natural') && { natural: { ...measured, ...(await measureNatural(bench)) } }),
      ...(parts.includes('hot') && { hot: { ...measured, ...(await measureHot(bench)) } }),
    };
  } finally {
    generator.stop();
    sink.stop();
    await Promise.all([issuer.close(), postgres.stop()]);
  }
}

function readResults({ root }: BenchContext): PeersResults {
  const file = `${root}bench/peers.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** @returns for example `pg 8.23.1` */
function versionsOf(libraries: readonly string[]): string[] {
  const { dependencies } = JSON.parse(readFileSync(fileURLToPath(new URL('package.json', import.meta.url)), 'utf8'));
  return libraries.map((name) => `${name} ${dependencies[name]}`);
}
