import { formatNumber } from './chart.ts';

export interface FanOut {
  readonly loans: number;
  readonly connections: number;
  /** Memory of the server's process, before the connections and with them. */
  readonly residentBytesBefore: number;
  readonly residentBytesWith: number;
  /** From the response to the change of a loan to each arrival of its event; 0 if the event came first. */
  readonly delaysMs: { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number };
}

export interface FeedResults {
  readonly machine: string;
  readonly node: string;
  readonly fanOuts: readonly FanOut[];
}

/** Section of docs/performance.md. */
export function feedSection({ machine, node, fanOuts }: FeedResults): string {
  const rows = fanOuts.map(({ loans, connections, residentBytesBefore, residentBytesWith, delaysMs }) => {
    const kilobytes = (residentBytesWith - residentBytesBefore) / connections / 1000;
    const { count, p50, p99, max } = delaysMs;
    const delays = [p50, p99, max].map((ms) => `${formatNumber(ms)} ms`).join(' | ');
    return `| ${formatNumber(connections)} on ${loans === 1 ? 'one loan' : `${loans} loans`} | ${formatNumber(kilobytes)} kB | ${formatNumber(count)} | ${delays} |`;
  });
  return `Measured by \`npm run bench -- feed\` on ${machine}, Node ${node}; server and clients share the machine's
cores. The delay is from the response to the change of the loan to each arrival of the event; an event that comes before
the response counts as 0. Memory is the growth of the server's process. Raw figures: [bench/feed.json](../bench/feed.json).

| connections | memory each | arrivals | p50 | p99 | max |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
