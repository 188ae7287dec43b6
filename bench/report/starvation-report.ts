import { formatNumber } from './chart.ts';

/** Milliseconds. */
export interface Delays {
  readonly count: number;
  /** Requests without a response of 200. */
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface AttackResult {
  readonly name: string;
  readonly live: Delays;
  /** Another user's list of loans. */
  readonly other: Delays;
}

export interface StarvationResults {
  readonly machine: string;
  readonly node: string;
  readonly results: readonly AttackResult[];
}

/** Section of docs/performance.md. */
export function starvationSection({ machine, node, results }: StarvationResults): string {
  const cells = ({ p50, p99, max, failures }: Delays) =>
    `${[p50, p99, max].map((ms) => `${formatNumber(ms)} ms`).join(' | ')} | ${failures}`;
  const rows = results.map(({ name, live, other }) => `| ${name} | ${cells(live)} | ${cells(other)} |`);
  return `Measured by \`npm run bench -- starvation\` on ${machine}, Node ${node}; server, attacker and measurement share the
machine's cores. One caller attacks from one address, while \`/health/live\` and another user's \`GET /loans\` are asked on
new connections. Raw figures: [bench/starvation.json](../bench/starvation.json).

| attack | live p50 | p99 | max | failed | other p50 | p99 | max | failed |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
