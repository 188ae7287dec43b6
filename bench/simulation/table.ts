import { formatNumber } from '../report/chart.ts';
import { bottleneck, type ScenarioResult } from './scenarios.ts';

const LIMIT_NAMES = {
  table: 'the table’s write units',
  partition: 'the hottest loan’s partition',
  functions: 'concurrent functions',
} as const;

/** A Markdown table. */
export function simulationTable(results: readonly ScenarioResult[]): string {
  return [
    '| requests a second | popularity of loans | highest load | success | p50 / p99 of success | contention, 503 | throttled, 429 | concurrency limit |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...results.map(row),
  ].join('\n');
}

function row(result: ScenarioResult): string {
  const { scenario, simulated } = result;
  const { limit, demand } = bottleneck(result);
  const share = (count: number) => `${formatNumber((100 * count) / simulated.requests)} %`;
  const load = `${LIMIT_NAMES[limit]}: ${demand < 1 ? `${formatNumber(100 * demand)} %` : `${formatNumber(demand)} ×`}`;
  const times = `${formatNumber(simulated.p50Ms)} / ${formatNumber(simulated.p99Ms)} ms`;
  const throttled = simulated.throttledByTable + simulated.throttledByPartition;
  const failures = `${share(simulated.contention)} | ${share(throttled)} | ${share(simulated.turnedAway)}`;
  const popularity = scenario.popularity === 'even' ? 'uniform' : 'Zipf';
  return `| ${formatNumber(scenario.perSecond)} | ${popularity} | ${load} | ${share(simulated.successes)} | ${times} | ${failures} |`;
}
