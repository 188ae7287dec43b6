import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawPeers, peersSection } from '../report/peers-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from '../report/separate-reports.ts';
import { CONNECTIONS } from './contenders.ts';
import { startIssuer } from './issuer.ts';
import { startGenerator } from './load/generator.ts';
import { startMailSink } from './mail-sink.ts';
import { parseOptions } from './options.ts';
import { COMPARED, checkContenders, type HttpBench, measureHot, measureNatural } from './over-http.ts';
import { startPostgres } from './postgres.ts';
import type { PeersResults } from './results.ts';

/* Ours next to what a user would pick instead. */

const LIBRARIES = ['fastify', 'pg', 'drizzle-orm'];

/** @throws Error that says what this machine lacks, and AssertionError where the servers do not do the same */
export async function benchPeers(context: BenchContext, args: readonly string[]): Promise<void> {
  const { parts, effort, isQuick, drawsOnly } = parseOptions(args);
  const stored = readResults(context);
  if (!drawsOnly) {
    const postgres = await startPostgres();
    const [issuer, sink, generator] = [await startIssuer(), await startMailSink(), startGenerator()];
    const { machine, node, log } = context;
    const contenders = isQuick ? COMPARED.filter((name) => name !== 'drizzle') : COMPARED;
    const environment = { issuer, postgres, smtpUrl: sink.url };
    const bench: HttpBench = { environment, issuer, sink, generator, effort, contenders, log };
    const { rounds, seconds } = effort;
    const measured = {
      machine,
      node,
      rounds,
      seconds,
      postgres: postgres.settings,
      connections: CONNECTIONS,
      versions: versions(),
    };
    try {
      await checkContenders(bench);
      if (parts.includes('natural')) stored.natural = { ...measured, ...(await measureNatural(bench)) };
      if (parts.includes('hot')) stored.hot = { ...measured, ...(await measureHot(bench)) };
    } finally {
      generator.stop();
      sink.stop();
      await Promise.all([issuer.close(), postgres.stop()]);
    }
  }
  if (isQuick) return void process.stdout.write(`${peersSection(stored)}\n`);
  saveResults(context, 'peers', stored);
  drawPeers(context.root, stored);
  await updatePerformancePage(context);
}

function readResults({ root }: BenchContext): { -readonly [Part in keyof PeersResults]: PeersResults[Part] } {
  const file = `${root}bench/peers.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Of the libraries of the others, by name. */
function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(fileURLToPath(new URL('package.json', import.meta.url)), 'utf8'));
  return Object.fromEntries(LIBRARIES.map((name) => [name, dependencies[name]]));
}
