import { formatted } from './chart.ts';

export interface FanOut {
  readonly loans: number;
  readonly connections: number;
  /** Of the server's process, before the connections and with them. */
  readonly residentBytesBefore: number;
  readonly residentBytesWith: number;
  /** From the answer of the call that changed a loan to each arrival of its event; 0 where the event was first. */
  readonly delaysMs: { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number };
}

export interface FeedResults {
  readonly machine: string;
  readonly node: string;
  readonly fanOuts: readonly FanOut[];
}

/** The part of docs/performance.md about the feed, which a run of its own makes. */
export function feedPart({ machine, node, fanOuts }: FeedResults): string {
  const rows = fanOuts.map(({ loans, connections, residentBytesBefore, residentBytesWith, delaysMs }) => {
    const kilobytes = (residentBytesWith - residentBytesBefore) / connections / 1000;
    const { count, p50, p99, max } = delaysMs;
    const delays = [p50, p99, max].map((ms) => `${formatted(ms)} ms`).join(' | ');
    return `| ${formatted(connections)} on ${loans === 1 ? 'one loan' : `${loans} loans`} | ${formatted(kilobytes)} kB | ${formatted(count)} | ${delays} |`;
  });
  return `Made by \`npm run bench -- feed\` on ${machine}, Node ${node}; server and clients share the machine's cores. The delay is from the answer to whoever changed the loan
to each arrival of the event, everybody being sent their own; an event that came before the answer counts as 0. Memory is what the server's process grew by. Raw figures: [bench/feed.json](../bench/feed.json).

| connections | memory each | arrivals | p50 | p99 | longest |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
