import { formatNumber } from './chart.ts';

export interface ImportRun {
  readonly engine: string;
  readonly rows: number;
  readonly bytes: number;
  /** From sending the file to the response, and to the last row. */
  readonly respondedMs: number;
  readonly completedMs: number;
  /** Peak memory of the server's process, before the file and after. */
  readonly peakBytesBefore: number;
  readonly peakBytesAfter: number;
}

export interface ImportResults {
  readonly machine: string;
  readonly node: string;
  readonly runs: readonly ImportRun[];
}

/** Section of docs/performance.md. */
export function importSection({ machine, node, runs }: ImportResults): string {
  const rows = runs.map(({ engine, rows, bytes, respondedMs, completedMs, peakBytesBefore, peakBytesAfter }) => {
    const megabytes = [peakBytesBefore, peakBytesAfter].map((peak) => `${formatNumber(peak / 1e6)} MB`);
    const pace = (rows * 1000) / completedMs;
    return `| ${engine} | ${formatNumber(rows)} | ${formatNumber(bytes / 1000)} kB | ${formatNumber(respondedMs)} ms | ${formatNumber(completedMs / 1000)} s | ${formatNumber(pace)} | ${megabytes.join(' | ')} |`;
  });
  return `Measured by \`npm run bench -- import\` on ${machine}, Node ${node}: each file on a new server, with valid rows
only. The time is to the last row, while the outbox dispatchers run too; the mails take longer. Memory is the peak of the
server's process, before the file and after its last row. DynamoDB is DynamoDB Local on the same machine. Raw figures:
[bench/import.json](../bench/import.json).

| store | rows | file | response | all added | rows/s | peak memory before | after |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
