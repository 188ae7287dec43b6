import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { call, signIn } from '../e2e/http-client.ts';
import { createTable } from '../server/src/storage/dynamodb/table.ts';
import { csv, lines } from '../server/src/testing/app/import-helpers.ts';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import type { ImportResults, ImportRun } from './report/import-report.ts';
import { type BenchContext, saveResults, updatePerformancePage } from './report/separate-reports.ts';
import { type BenchServer, withServer } from './server.ts';

/* CSV imports of three sizes on both engines: rows a second, and memory. */

const SIZES = [100, 1000, 10_000] as const;
const POLL_MS = 20;

/** @throws Error if this machine can't run DynamoDB Local */
export async function benchImport(context: BenchContext): Promise<void> {
  const { machine, node, log } = context;
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) throw new Error(reason);
  const database = await startDynamoDbLocal();
  const runs: ImportRun[] = [];
  try {
    for (const engine of ['SQLite', 'DynamoDB']) {
      for (const rows of SIZES) {
        log(`${rows} rows into ${engine} ...`);
        const settings = engine === 'SQLite' ? {} : await createTableAt(database.endpoint, `import-${rows}`);
        runs.push({ engine, ...(await withServer(settings, (server) => measureImport(server, rows))) });
      }
    }
  } finally {
    await database.stop();
  }
  saveResults(context, 'import', { machine, node, runs } satisfies ImportResults);
  await updatePerformancePage(context);
}

/** @returns the settings of a program on the new table */
async function createTableAt(endpoint: string, table: string): Promise<Readonly<Record<string, string>>> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  await createTable(table, { client: { endpoint, region: 'local', credentials } });
  return { STORE: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint, ALLOW_LOCAL_ISSUER: '1' };
}

async function measureImport(server: BenchServer, rows: number): Promise<Omit<ImportRun, 'engine'>> {
  const { token, postsLoan } = await signIn(server.url, 'borrower@example.com');
  const loanId = await postsLoan({ amount: 1_000_000 });
  const body = csv(...lines(rows));
  const peakBytesBefore = readPeakBytes(server.pid);
  const sentAt = performance.now();
  const response = await fetch(`${server.url}/loans/${loanId}/lenders/imports?mode=per_row`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
    body,
  });
  if (response.status !== 202) throw new Error(`the file was rejected: ${await response.text()}`);
  const respondedMs = performance.now() - sentAt;
  const path = response.headers.get('Location') ?? '';
  const outcomes = async () => (await call(server.url, token, 'GET', path)).body.import.outcomes;
  while ((await outcomes()).pending > 0) await pause(POLL_MS);
  const completedMs = performance.now() - sentAt;
  if ((await outcomes()).added !== rows) throw new Error('some rows were not added');
  return { rows, bytes: body.length, respondedMs, completedMs, peakBytesBefore, peakBytesAfter: readPeakBytes(server.pid) };
}

/** From Linux's /proc. */
function readPeakBytes(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return 1024 * Number(kilobytes);
}
