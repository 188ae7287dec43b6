import { writeFileSync } from 'node:fs';
import { barChart, formatNumber } from './chart.ts';

/** Adds of ten lenders where there are so many loans, or lenders in the loan. */
export interface Growth {
  readonly size: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** For each add, of all threads, with what follows. */
  readonly cpuMs: number;
  readonly bytes: number;
  /** Of the server's process, after the adds. */
  readonly residentBytes: number;
}

/** Shares of a core, without subscriptions and with one for each loan. */
export interface Watching {
  readonly loans: number;
  readonly idle: number;
  readonly share: number;
}

export interface GrowthResults {
  readonly machine: string;
  readonly node: string;
  readonly manyLoans: readonly Growth[];
  readonly oneLoan: readonly Growth[];
  readonly watching: Watching;
}

/** Section of docs/performance.md. */
export function growthSection({ machine, node, manyLoans, oneLoan, watching }: GrowthResults): string {
  const { loans, idle, share } = watching;
  return `Measured by \`npm run bench -- growth\` on ${machine}, Node ${node}: one server, \`MAIL=off\`, whose store grows by posts of
loans with ten lenders each, or whose one loan grows by adds. CPU time is of all threads, bytes are \`write_bytes\` in \`/proc\`; both
include what follows the responses. Memory is that of the server's process after the adds. Raw figures:
[bench/growth.json](../bench/growth.json).

![CPU time of an add](img/growth-cpu.svg)

Adding ten lenders to new loans, 16 clients, where the store already has so many loans with ten lenders each:

${table('loans', manyLoans)}

Adding ten lenders to one loan, one client, where it already has so many lenders:

${table('lenders', oneLoan)}

${formatNumber(loans)} subscriptions to as many loans that have not changed for a minute take ${percent(share)} of a core; without them, the
server takes ${percent(idle)}.`;
}

/** Writes the chart of the section. */
export function drawGrowth(root: string, { manyLoans, oneLoan }: GrowthResults): void {
  const bars = [
    ...manyLoans.map(({ size, cpuMs }) => ({ label: `${formatNumber(size)} loans`, value: cpuMs })),
    ...oneLoan.map(({ size, cpuMs }) => ({ label: `${formatNumber(size)} lenders in the loan`, value: cpuMs })),
  ];
  writeFileSync(`${root}docs/img/growth-cpu.svg`, barChart('CPU time of an add as the store and a loan grow, ms', bars));
}

function table(unit: string, grown: readonly Growth[]): string {
  const rows = grown.map(({ size, p50Ms, p99Ms, cpuMs, bytes, residentBytes }) =>
    [
      formatNumber(size),
      `${formatNumber(p50Ms)} ms`,
      `${formatNumber(p99Ms)} ms`,
      `${cpuMs.toFixed(2)} ms`,
      `${formatNumber(bytes / 1000)} kB`,
      `${formatNumber(residentBytes / 1e6)} MB`,
    ].join(' | '),
  );
  return `| ${unit} | p50 | p99 | CPU an add | written an add | memory |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
