import type { ColdStart } from '../cold-start.ts';
import type { Round } from '../measure.ts';
import { median } from '../median.ts';
import type { CountedOutcome } from '../storage-calls.ts';
import { barChart, formatted } from './chart.ts';

export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly calls: readonly CountedOutcome[];
  readonly rounds: readonly Round[];
  readonly startUpMs: readonly number[];
  /** Undefined where the machine can't run DynamoDB Local. */
  readonly coldStarts: readonly ColdStart[] | undefined;
}

export interface Report {
  readonly page: string;
  /** File names and their SVG. */
  readonly charts: Readonly<Record<string, string>>;
}

/** Filled by runs of their own. */
const RUNS_APART = `## A thousand connections to the feed

<!-- made by the benchmarks: feed -->
<!-- end -->

## Files of lenders

<!-- made by the benchmarks: import -->
<!-- end -->

## The client in a browser

<!-- made by the benchmarks: client-size -->
<!-- end -->`;

type Figure = (round: Round) => number;

/** Tables and charts of one run, for docs/performance.md. */
export function reportOf(results: Results): Report {
  const { rounds } = results;
  const typical = (figure: Figure) => median(rounds.map(figure));
  const bars = [
    { label: 'bare engine, a sync for each commit', value: typical(({ bareAlone }) => bareAlone) },
    { label: 'bare engine, 16 commits a sync', value: typical(({ bareGrouped }) => bareGrouped) },
    { label: 'HTTP, 16 clients, a loan each', value: typical(({ spread }) => spread.requestsPerSecond) },
    { label: 'HTTP, 16 clients, one loan', value: typical(({ hot }) => hot.requestsPerSecond) },
  ];
  const calls = results.calls.map(({ outcome, costs }) => ({ label: outcome, value: costs[10_000]?.calls ?? 0 }));
  return {
    page: [
      ...[heading(results), callsTable(results.calls), throughput(rounds), hotLoan(rounds), startUp(results.startUpMs), RUNS_APART],
      ...(results.coldStarts ? [coldStart(results.coldStarts)] : []),
    ].join('\n\n'),
    charts: {
      'calls.svg': barChart('Database calls to add ten lenders', [
        { label: 'the earlier system, first', value: 76 },
        { label: 'the earlier system, later', value: 27 },
        ...calls,
      ]),
      'throughput.svg': barChart('Adding ten lenders, durable: requests or commits a second', bars),
    },
  };
}

function heading({ machine, node }: Results): string {
  return `# Performance

Made by \`npm run bench\` on ${machine}, Node ${node}. Ratios travel, absolute figures don't: what is compared was measured in turns, in one
run. Told are medians over the rounds; a ratio is taken within each round first. The raw figures are in [bench/results.json](../bench/results.json).`;
}

function callsTable(calls: readonly CountedOutcome[]): string {
  const rows = calls.map(({ outcome, costs }) => {
    const sizes = Object.values(costs).map(({ calls }) => calls);
    const { itemsViewed = 0, itemsWritten = 0, bytesWritten = 0 } = costs[10_000] ?? {};
    return `| ${outcome} | ${sizes.join(' / ')} | ${itemsViewed} | ${itemsWritten} | ${formatted(bytesWritten)} |`;
  });
  return `## What it costs the database

![Database calls of each outcome](img/calls.svg)

Adding ten lenders, to a loan that has 0 / 50 / 10,000. Counted, and the same at every run; \`npm run bench -- gates\` fails if any grows.

| outcome | calls | items viewed | items written | bytes written |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function throughput(rounds: readonly Round[]): string {
  return `## Requests a second

![Requests and commits a second](img/throughput.svg)

Ten lenders a request, 16 clients over HTTP, each answer durable (WAL, \`synchronous=FULL\`). Server, clients and the writing thread share the
machine's cores. The bare engine writes the same 13 rows, without HTTP, rules or queue, one commit after the other: ${formatted(median(rounds.map(({ bareAlone }) => bareAlone)))} a second.
Viewing thirteen items takes our engine ${formatted(median(rounds.map(({ viewMicroseconds }) => viewMicroseconds)))} µs.

| | a second | p50 | p99 | of the bare engine |
| --- | --- | --- | --- | --- |
${httpRow('a loan for each client', rounds, ({ spread }) => spread)}
${httpRow('all on one loan', rounds, ({ hot }) => hot)}`;
}

function httpRow(name: string, rounds: readonly Round[], of: (round: Round) => Round['hot']): string {
  const typical = (figure: Figure) => median(rounds.map(figure));
  const ratio = typical((round) => of(round).requestsPerSecond / round.bareAlone);
  const [rate, p50, p99] = [
    typical((round) => of(round).requestsPerSecond),
    typical((round) => of(round).p50Ms),
    typical((round) => of(round).p99Ms),
  ];
  return `| ${name} | ${formatted(rate)} | ${formatted(p50)} ms | ${formatted(p99)} ms | ${ratio.toFixed(2)} |`;
}

function hotLoan(rounds: readonly Round[]): string {
  const typical = (figure: Figure) => median(rounds.map(figure));
  return `## One hot loan, queued or pipelined

Commands on one loan take turns: each views what the one before it has made durable. They could be pipelined instead, each planned on a result
that is not durable yet. Our engine alone, on one loan:

| | commits a second |
| --- | --- |
| queued | ${formatted(typical(({ engineQueued }) => engineQueued))} |
| pipelined, 16 under way | ${formatted(typical(({ enginePipelined }) => enginePipelined))} |
| pipelined to queued | ${typical((round) => round.enginePipelined / round.engineQueued).toFixed(2)} |
| HTTP: a loan each to all on one loan | ${typical((round) => round.spread.requestsPerSecond / round.hot.requestsPerSecond).toFixed(2)} |

The last row is the most that pipelining could win over HTTP. [Decision 3](decisions/0003-queued-not-pipelined.md) tells what follows.`;
}

function startUp(times: readonly number[]): string {
  return `## Start

From starting the program to its first answer, on a new store: ${formatted(median(times))} ms (median of ${times.length}).
`;
}

function coldStart(starts: readonly ColdStart[]): string {
  const rows = starts.map(
    ({ name, loadedMs, answeredMs }) => `| ${name} | ${formatted(median(loadedMs))} ms | ${formatted(median(answeredMs))} ms |`,
  );
  return `## Cold start on AWS Lambda

The function as it is uploaded, in a fresh process of this machine, on DynamoDB Local (medians of ${starts[0]?.loadedMs.length}). AWS adds the time to bring up
the environment, the same for any function.

| | loading | first answer |
| --- | --- | --- |
${rows.join('\n')}
`;
}
