import { formatted } from '../report/chart.ts';
import { firstToBreak, type Told } from './scenarios.ts';

const LIMIT_NAMES = {
  table: 'the table’s write units',
  partition: 'the hottest loan’s partition',
  functions: 'functions at once',
} as const;

/** As a table in Markdown, which a terminal shows well too. */
export function simulationTable(all: readonly Told[]): string {
  return [
    '| adds a second | loans popular | nearest limit | succeed | p50 / p99 of them | lost races, 503 | throttled, 429 | no function free |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...all.map(row),
  ].join('\n');
}

function row(told: Told): string {
  const { scenario, simulated } = told;
  const { limit, demand } = firstToBreak(told);
  const share = (count: number) => `${formatted((100 * count) / simulated.requests)} %`;
  const nearest = `${LIMIT_NAMES[limit]}: ${demand < 1 ? `${formatted(100 * demand)} % used` : `${formatted(demand)} × as much asked`}`;
  const times = `${formatted(simulated.p50Ms)} / ${formatted(simulated.p99Ms)} ms`;
  const limited = simulated.throttledByTable + simulated.throttledByPartition;
  const refused = `${share(simulated.contention)} | ${share(limited)} | ${share(simulated.turnedAway)}`;
  const popularity = scenario.popularity === 'even' ? 'alike' : 'by Zipf';
  return `| ${formatted(scenario.perSecond)} | ${popularity} | ${nearest} | ${share(simulated.successes)} | ${times} | ${refused} |`;
}
