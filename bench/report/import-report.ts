import { formatted } from './chart.ts';

export interface ImportRun {
  readonly engine: string;
  readonly rows: number;
  readonly bytes: number;
  /** From sending the file to the answer, and to the last row. */
  readonly answeredMs: number;
  readonly completedMs: number;
  /** The most that the server's process ever held, before the file and after. */
  readonly peakBytesBefore: number;
  readonly peakBytesAfter: number;
}

export interface ImportResults {
  readonly machine: string;
  readonly node: string;
  readonly runs: readonly ImportRun[];
}

/** The part of docs/performance.md about imports, which a run of its own makes. */
export function importPart({ machine, node, runs }: ImportResults): string {
  const rows = runs.map(({ engine, rows, bytes, answeredMs, completedMs, peakBytesBefore, peakBytesAfter }) => {
    const megabytes = [peakBytesBefore, peakBytesAfter].map((peak) => `${formatted(peak / 1e6)} MB`);
    const pace = (rows * 1000) / completedMs;
    return `| ${engine} | ${formatted(rows)} | ${formatted(bytes / 1000)} kB | ${formatted(answeredMs)} ms | ${formatted(completedMs / 1000)} s | ${formatted(pace)} | ${megabytes.join(' | ')} |`;
  });
  return `Made by \`npm run bench -- import\` on ${machine}, Node ${node}: each file to a server of its own that has just started, every row fit to be added. The time is to the last
row, with the couriers at work beside it; the mails that follow take longer. Memory is the most that the server's process ever held, before the file came and
when its last row was added. DynamoDB is DynamoDB Local on the same machine. Raw figures: [bench/import.json](../bench/import.json).

| store | rows | file | answered | all added | rows/s | peak memory before | after |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
