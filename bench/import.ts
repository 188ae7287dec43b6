import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Program, signIn, start, temporaryFolder } from '../e2e/program.ts';
import { createTable } from '../server/src/storage/dynamodb/table.ts';
import { csv, lines } from '../server/src/testing/app/import-helpers.ts';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import type { ImportResults, ImportRun } from './report/import-report.ts';
import { filled } from './report/markdown-sections.ts';
import { runsApart } from './report/separate-reports.ts';

/* Files of lenders of three sizes, on both engines: how many rows a second, and how much memory they take. */

const SIZES = [100, 1000, 10_000] as const;
const PAGE = 'docs/performance.md';
const LOOK_MS = 20;
const LIMITS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };

type Settings = Readonly<Record<string, string>>;

/** @param root of the repository, with a slash; @throws Error where this machine can't run DynamoDB Local */
export async function writeImport(
  root: string,
  made: Pick<ImportResults, 'machine' | 'node'>,
  say: (line: string) => void,
): Promise<void> {
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) throw new Error(reason);
  const database = await startDynamoDbLocal();
  const runs: ImportRun[] = [];
  try {
    for (const rows of SIZES) {
      say(`${rows} rows into SQLite ...`);
      runs.push({ engine: 'SQLite', ...(await measureImport(rows, {})) });
    }
    for (const rows of SIZES) {
      say(`${rows} rows into DynamoDB ...`);
      runs.push({ engine: 'DynamoDB', ...(await measureImport(rows, await newTableAt(database.endpoint, `import-${rows}`))) });
    }
  } finally {
    await database.stop();
  }
  const results: ImportResults = { ...made, runs };
  writeFileSync(`${root}bench/import.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(root + PAGE, filled(readFileSync(root + PAGE, 'utf8'), await runsApart(root)));
  say(`${PAGE} has a new part`);
}

async function newTableAt(endpoint: string, table: string): Promise<Settings> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  await createTable(table, { client: { endpoint, region: 'local', credentials } });
  return { STORE: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint, ALLOW_LOCAL_ISSUER: '1' };
}

async function measureImport(rows: number, settings: Settings): Promise<Omit<ImportRun, 'engine'>> {
  const folder = await temporaryFolder();
  const server = await start(folder.path, { ...LIMITS, ...settings });
  try {
    return await measureOn(server, rows);
  } finally {
    await server.stop();
    await folder.remove();
  }
}

async function measureOn(server: Program, rows: number): Promise<Omit<ImportRun, 'engine'>> {
  const { token, postsLoan } = await signIn(server.url, 'borrower@example.com');
  const loanId = await postsLoan({ amount: 1_000_000 });
  const body = csv(...lines(rows));
  const peakBytesBefore = peakBytesOf(server.pid);
  const sentAt = performance.now();
  const answer = await fetch(`${server.url}/loans/${loanId}/lenders/imports?mode=per_row`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
    body,
  });
  if (answer.status !== 202) throw new Error(`the file was refused: ${await answer.text()}`);
  const answeredMs = performance.now() - sentAt;
  const place = answer.headers.get('Location') ?? '';
  const outcomes = async () => (await call(server.url, token, 'GET', place)).body.import.outcomes;
  while ((await outcomes()).pending > 0) await pause(LOOK_MS);
  const completedMs = performance.now() - sentAt;
  if ((await outcomes()).added !== rows) throw new Error('not all rows were added');
  return { rows, bytes: body.length, answeredMs, completedMs, peakBytesBefore, peakBytesAfter: peakBytesOf(server.pid) };
}

/** As Linux tells it. */
function peakBytesOf(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return 1024 * Number(kilobytes);
}
