import { costComparison, costTable, type MeasuredCost } from '../cost.ts';
import { ADDS_EACH, type HotLoan } from '../dynamodb/hot-loan.ts';
import { INJECTED_MS, type Latency } from '../dynamodb/latency.ts';
import type { Metered } from '../dynamodb/meter.ts';
import type { OutcomeCost } from '../dynamodb/outcomes.ts';
import type { ScenarioResult } from '../simulation/scenarios.ts';
import { simulationTable } from '../simulation/table.ts';
import type { Validation } from '../simulation/validation.ts';
import { barChart, formatNumber } from './chart.ts';
import type { Sections } from './markdown-sections.ts';

export interface ScaleResults {
  readonly machine: string;
  readonly node: string;
  readonly outcomes: readonly OutcomeCost[];
  /** Of `measureFollowUp`. */
  readonly followUp: readonly Metered[];
  readonly latency: readonly Latency[];
  readonly hotLoans: readonly HotLoan[];
  readonly simulated: readonly ScenarioResult[];
  readonly validated: readonly Validation[];
}

const MAIN = 'add ten lenders, with a key';

/** Sections of docs/scale.md and docs/deploy.md. */
export function scaleSections(results: ScaleResults): Sections {
  const measured = (['cold', 'warm'] as const).map((state) => measuredCost(results.outcomes, state));
  const [cold] = measured;
  return {
    machine: `Measured by \`npm run bench -- scale\` on ${results.machine}, Node ${results.node}, DynamoDB Local on the same machine.`,
    outcomes: outcomesTable(results.outcomes),
    checked: checkedLine([...results.outcomes.flatMap(({ requests }) => requests), ...results.followUp]),
    'follow-up': followUpTable(results.followUp),
    cost: costTable(cold ?? { readUnits: 0, writeUnits: 0 }),
    compared: costComparison(measured),
    latency: latencyTable(results.latency),
    'hot-loan': hotLoanTable(results.hotLoans),
    simulation: simulationTable(results.simulated),
    validation: validationTable(results.validated),
  };
}

export function hotLoanChart(hotLoans: readonly HotLoan[]): string {
  const bars = hotLoans
    .filter(({ conflicts }) => conflicts)
    .map((hot) => ({
      label: `${hot.writers} writers, ${hot.processes === 1 ? 'one process' : 'a process each'}`,
      value: callsPerSuccess(hot),
    }));
  return barChart('One hot loan: requests to DynamoDB for each success', bars);
}

function measuredCost(outcomes: readonly OutcomeCost[], state: OutcomeCost['state']): MeasuredCost {
  const { requests = [] } = outcomes.find((cost) => cost.outcome === MAIN && cost.state === state) ?? {};
  const [readUnits, writeUnits] = [1000 * sum(requests, 'read'), 1000 * sum(requests, 'write')];
  return { name: `this system, with a key, ${state}`, calls: requests.length, readUnits, writeUnits };
}

function outcomesTable(outcomes: readonly OutcomeCost[]): string {
  const rows = outcomes
    .filter(({ state }) => state === 'cold')
    .map(({ outcome, requests: cold }) => {
      const { requests: warm = [] } = outcomes.find((other) => other.outcome === outcome && other.state === 'warm') ?? {};
      const both = (figure: (requests: readonly Metered[]) => number) => `${figure(cold)} / ${figure(warm)}`;
      const partition = Math.max(0, ...cold.map(({ partitionWrite }) => partitionWrite));
      const written = `${sum(cold, 'write')} | ${sum(cold, 'indexWrite')} | ${partition}`;
      return `| ${outcome} | ${both(({ length }) => length)} | ${both((requests) => sum(requests, 'read'))} | ${written} |`;
    });
  return [
    '| outcome | requests, cold / warm | read units, cold / warm | write units | of which for the index | on one partition key |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function followUpTable(requests: readonly Metered[]): string {
  const rows = requests.map(({ operation, read, write, indexWrite, written }, index) => {
    const kinds = Object.entries(written).map(([kind, units]) => `${kind} ${units}`);
    return `| ${index === 0 ? 'command' : 'after it'} | ${operation} | ${read} | ${write} | ${indexWrite} | ${kinds.join(', ')} |`;
  });
  return [
    '| part | request | read units | write units | of which for the index | write units by item |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    `| all | ${requests.length} | ${sum(requests, 'read')} | **${sum(requests, 'write')}** | ${sum(requests, 'indexWrite')} | |`,
  ].join('\n');
}

function checkedLine(requests: readonly Metered[]): string {
  const disagreements = requests.flatMap((request) => request.disagreements);
  if (disagreements.length === 0)
    return `In this run the formula and DynamoDB Local agreed exactly on each of the ${requests.length} requests.`;
  return ['In this run the formula and DynamoDB Local disagreed:', '', ...disagreements.map((line) => `- ${line}`)].join('\n');
}

function latencyTable(latencies: readonly Latency[]): string {
  const rows = latencies.map(({ state, calls, plainMs, injectedMs }) => {
    const model = formatNumber(calls * INJECTED_MS);
    return `| this system, ${state} | ${calls} | ${model} ms | ${formatNumber(injectedMs)} ms | ${formatNumber(plainMs)} ms |`;
  });
  return [
    `| adding ten lenders | calls | model: calls × ${INJECTED_MS} ms | p50 measured, ${INJECTED_MS} ms injected for each call | p50 without |`,
    '| --- | --- | --- | --- | --- |',
    '| the earlier system, first | 76 | 836 ms | | |',
    '| the earlier system, later | 27 | 297 ms | | |',
    ...rows,
  ].join('\n');
}

function hotLoanTable(hotLoans: readonly HotLoan[]): string {
  const sizes = [...new Set(hotLoans.map(({ writers }) => writers))];
  const cell = (writers: number, isShared: boolean, conflicts: boolean) => {
    const hot = hotLoans.find(
      (one) => one.writers === writers && (one.processes === 1) === isShared && one.conflicts === conflicts,
    );
    if (!hot) return '';
    const share = Math.round((100 * hot.successes) / hot.adds);
    return `${callsPerSuccess(hot).toFixed(2)}; ${share} %; ${formatNumber(hot.successes / hot.seconds)}`;
  };
  return [
    `| writers, ${ADDS_EACH} adds each | one process | a process each | one process, *optimistic* | a process each, *optimistic* |`,
    '| --- | --- | --- | --- | --- |',
    ...sizes.map(
      (writers) =>
        `| ${writers} | ${[true, false].flatMap((on) => [cell(writers, true, on), cell(writers, false, on)]).join(' | ')} |`,
    ),
  ].join('\n');
}

function validationTable(validations: readonly Validation[]): string {
  const rows = validations.map(({ writers, commitMs, measured, simulated }) => {
    const deviation = Math.round(100 * (simulated.callsEach / measured.callsEach - 1));
    const [expected, actual] = [measured, simulated].map(
      (one) => `${one.callsEach.toFixed(2)} | ${Math.round(100 * one.succeeding)} %`,
    );
    return `| ${writers} | ${formatNumber(commitMs)} ms | ${expected} | ${actual} | ${deviation > 0 ? '+' : ''}${deviation} % |`;
  });
  return [
    '| writers, a process each | commit time | calls per success, measured | successes, measured | calls, simulated | successes, simulated | deviation of calls |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function callsPerSuccess({ calls, successes }: HotLoan): number {
  return calls / successes;
}

function sum(requests: readonly Metered[], figure: 'read' | 'write' | 'indexWrite'): number {
  return requests.reduce((total, request) => total + request[figure], 0);
}
