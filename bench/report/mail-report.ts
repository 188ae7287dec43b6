import { median } from '../median.ts';
import { formatNumber } from './chart.ts';

export interface MailRun {
  readonly isOn: boolean;
  /** Of requests that each invite twenty lenders, while 500 mails a second are caused. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all threads, with all that follows. */
  readonly cpuMsPerAdd: number;
  /** From the end of the ten seconds until the last mail was taken; negative if it was taken before. */
  readonly mailsEndMs: number;
  /** Mails a second of a backlog, with the requests that cause it; 0 without mail. */
  readonly perSecond: number;
}

export interface MailResults {
  readonly machine: string;
  readonly node: string;
  readonly runs: readonly MailRun[];
}

const MAILS_PER_ADD = 20;

/** Section of docs/performance.md. */
export function mailSection({ machine, node, runs }: MailResults): string {
  const [off, on] = [runs.filter(({ isOn }) => !isOn), runs.filter(({ isOn }) => isOn)];
  const of = (some: readonly MailRun[], figure: Exclude<keyof MailRun, 'isOn'>) => median(some.map((run) => run[figure]));
  const row = (name: string, some: readonly MailRun[]) =>
    `| ${name} | ${formatNumber(of(some, 'p50Ms'))} ms | ${formatNumber(of(some, 'p99Ms'))} ms | ${formatNumber(of(some, 'cpuMsPerAdd'))} ms |`;
  const cpuPerMail = (of(on, 'cpuMsPerAdd') - of(off, 'cpuMsPerAdd')) / MAILS_PER_ADD;
  return `Measured by \`npm run bench -- mail\` on ${machine}, Node ${node}: 25 requests a second, each of which posts a loan with twenty
lenders, in the process of the server, without HTTP; a mail server in a process of its own that takes every mail at once; a
store in a file. Alternately without mail and with it, medians of ${on.length} rounds.

| 25 requests a second | p50 | p99 | CPU a request, all threads |
| --- | --- | --- | --- |
${row('MAIL=off', off)}
${row('with 500 mails a second', on)}

A mail takes ${formatNumber(cpuPerMail)} ms of CPU. The last mail of ten seconds was taken ${formatNumber(of(on, 'mailsEndMs'))} ms after
the ten seconds. A backlog of 6,000 mails leaves at ${formatNumber(of(on, 'perSecond'))} mails a second, with the requests
that cause it. Raw figures: [bench/mail.json](../bench/mail.json).`;
}
