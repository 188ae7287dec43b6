import type { ColdStart } from '../cold-start.ts';
import type { Round } from '../measure.ts';
import { median } from '../median.ts';
import type { CountedOutcome } from '../storage-calls.ts';
import { barChart, formatNumber } from './chart.ts';

export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly calls: readonly CountedOutcome[];
  readonly rounds: readonly Round[];
  readonly startUpMs: readonly number[];
  /** Undefined if the machine can't run DynamoDB Local. */
  readonly coldStarts: readonly ColdStart[] | undefined;
}

export interface Report {
  readonly page: string;
  /** File names and their SVG. */
  readonly charts: Readonly<Record<string, string>>;
}

/** Filled by separate runs. */
const SEPARATE_SECTIONS = `## Next to what else could be used

<!-- made by the benchmarks: peers -->
<!-- end -->

## A store that grows

<!-- made by the benchmarks: growth -->
<!-- end -->

## A thousand connections to the feed

<!-- made by the benchmarks: feed -->
<!-- end -->

## Files of lenders

<!-- made by the benchmarks: import -->
<!-- end -->

## Mail

<!-- made by the benchmarks: mail -->
<!-- end -->

## One caller against the others

<!-- made by the benchmarks: starvation -->
<!-- end -->

## The client in a browser

<!-- made by the benchmarks: client-size -->
<!-- end -->`;

function typical(rounds: readonly Round[], figure: (round: Round) => number): number {
  return median(rounds.map(figure));
}

/** docs/performance.md and its charts. */
export function reportOf(results: Results): Report {
  const { rounds } = results;
  const bars = [
    { label: 'SQLite alone, an fsync for each commit', value: typical(rounds, ({ bareAlone }) => bareAlone) },
    { label: 'SQLite alone, 16 commits an fsync', value: typical(rounds, ({ bareGrouped }) => bareGrouped) },
    { label: 'HTTP, 16 clients, a loan each', value: typical(rounds, ({ spread }) => spread.requestsPerSecond) },
    { label: 'HTTP, 16 clients, one loan', value: typical(rounds, ({ hot }) => hot.requestsPerSecond) },
  ];
  const calls = results.calls.map(({ outcome, costs }) => ({ label: outcome, value: costs[10_000]?.calls ?? 0 }));
  return {
    page: [
      ...[
        heading(results),
        callsTable(results.calls),
        throughput(rounds),
        hotLoan(rounds),
        startUp(results.startUpMs),
        SEPARATE_SECTIONS,
      ],
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

Measured by \`npm run bench\` on ${machine}, Node ${node}. Compare the ratios; absolute figures depend on the
machine. What is compared is measured alternately in one run. Figures are medians over the rounds, and ratios are taken
within each round first. Raw figures: [bench/results.json](../bench/results.json).`;
}

function callsTable(calls: readonly CountedOutcome[]): string {
  const rows = calls.map(({ outcome, costs }) => {
    const sizes = Object.values(costs).map(({ calls }) => calls);
    const { itemsViewed = 0, itemsWritten = 0, bytesWritten = 0 } = costs[10_000] ?? {};
    return `| ${outcome} | ${sizes.join(' / ')} | ${itemsViewed} | ${itemsWritten} | ${formatNumber(bytesWritten)} |`;
  });
  return `## Storage calls

![Storage calls for each outcome](img/calls.svg)

Adding ten lenders to a loan that has 0 / 50 / 10,000. The calls are the same at every run; \`npm run bench -- gates\`
fails if one exceeds its budget.

| outcome | calls | items viewed | items written | bytes written |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function throughput(rounds: readonly Round[]): string {
  return `## Requests a second

![Requests and commits a second](img/throughput.svg)

Ten lenders a request, 16 clients over HTTP, each response durable (WAL, \`synchronous=FULL\`). Server, clients and the
writer thread share the machine's cores. SQLite alone writes the same 13 rows, without HTTP, rules or queue, one commit
after the other: ${formatNumber(typical(rounds, ({ bareAlone }) => bareAlone))} a second.
Reading a view of thirteen items takes our store ${formatNumber(typical(rounds, ({ viewMicroseconds }) => viewMicroseconds))} µs.

| | a second | p50 | p99 | ratio to SQLite alone |
| --- | --- | --- | --- | --- |
${httpRow('a loan for each client', rounds, ({ spread }) => spread)}
${httpRow('all on one loan', rounds, ({ hot }) => hot)}`;
}

function httpRow(name: string, rounds: readonly Round[], of: (round: Round) => Round['hot']): string {
  const [rate, p50, p99] = (['requestsPerSecond', 'p50Ms', 'p99Ms'] as const).map((figure) =>
    formatNumber(typical(rounds, (round) => of(round)[figure])),
  );
  const ratio = typical(rounds, (round) => of(round).requestsPerSecond / round.bareAlone);
  return `| ${name} | ${rate} | ${p50} ms | ${p99} ms | ${ratio.toFixed(2)} |`;
}

function hotLoan(rounds: readonly Round[]): string {
  return `## One hot loan, queued or pipelined

Commands on one loan queue: each reads the durable result of the one before. They could be pipelined instead, each
planned on a result that is not durable yet. Our store alone, on one loan:

| | commits a second |
| --- | --- |
| queued | ${formatNumber(typical(rounds, ({ engineQueued }) => engineQueued))} |
| pipelined, 16 in flight | ${formatNumber(typical(rounds, ({ enginePipelined }) => enginePipelined))} |
| pipelined to queued | ${typical(rounds, (round) => round.enginePipelined / round.engineQueued).toFixed(2)} |
| HTTP: a loan each to all on one loan | ${typical(rounds, (round) => round.spread.requestsPerSecond / round.hot.requestsPerSecond).toFixed(2)} |

The last row is the most that pipelining could gain over HTTP; see [decision 3](decisions/0003-queued-not-pipelined.md).`;
}

function startUp(times: readonly number[]): string {
  return `## Start

From the start of the program to its first response, with a new store: ${formatNumber(median(times))} ms (median of ${times.length}).
`;
}

function coldStart(starts: readonly ColdStart[]): string {
  const rows = starts.map(
    ({ name, loadedMs, respondedMs }) =>
      `| ${name} | ${formatNumber(median(loadedMs))} ms | ${formatNumber(median(respondedMs))} ms |`,
  );
  return `## Cold start on AWS Lambda

The deployed bundle in a new process of this machine, with DynamoDB Local (medians of ${starts[0]?.loadedMs.length}). AWS
adds the time to create the environment, which is the same for any function.

| | loading | first response |
| --- | --- | --- |
${rows.join('\n')}
`;
}
