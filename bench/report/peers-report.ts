import { writeFileSync } from 'node:fs';
import { median } from '../median.ts';
import type {
  BareRun,
  ContenderName,
  Deferred,
  FormName,
  HttpResults,
  HttpRun,
  MailCost,
  NaturalResults,
  PeersResults,
} from '../peers/results.ts';
import { barChart, formatNumber } from './chart.ts';

const NAMES: Readonly<Record<ContenderName, string>> = {
  ours: 'ours',
  'plain-sql': 'Fastify + PostgreSQL, plain SQL',
  drizzle: 'Fastify + PostgreSQL, Drizzle',
  'ours-with-mail': 'ours, with mail',
};
const FORMS: Readonly<Record<FormName, string>> = {
  first: 'the report, first',
  improved: 'the report, improved',
  powertools: 'a transaction, with Powertools',
  'ours-cold': 'ours, cold',
  'ours-warm': 'ours, warm',
};
const BASE: ContenderName = 'plain-sql';
const PEERS: readonly ContenderName[] = [BASE, 'drizzle'];
const CHARTED_CLIENTS = 16;

/** Section of docs/performance.md. */
export function peersSection(results: PeersResults): string {
  const { natural, hot, dynamodb } = results;
  const http = natural ?? hot;
  const parts = [
    ...(http ? [conditions(http)] : []),
    ...(natural ? [naturalPart(natural)] : []),
    ...(hot ? [hotPart(hot)] : []),
    ...(dynamodb ? [dynamoDbPart(dynamodb)] : []),
  ];
  return parts.length > 0 ? parts.join('\n\n') : 'Not measured yet.';
}

/** Writes the charts of the section. */
export function drawPeers(root: string, { natural, hot, dynamodb }: PeersResults): void {
  const draw = (name: string, svg: string) => writeFileSync(`${root}docs/img/${name}`, svg);
  const bars = ({ runs }: HttpResults, figure: (run: HttpRun) => number) =>
    names(runs).map((name) => ({ label: NAMES[name], value: typical(runs, name, CHARTED_CLIENTS, figure) }));
  if (natural) {
    draw('peers-natural.svg', barChart('Many loans, 16 clients: adds a second', bars(natural, rate)));
    draw(
      'peers-cpu.svg',
      barChart(
        'Many loans, 16 clients: CPU time of an add, ms',
        bars(natural, ({ cpuMs }) => cpuMs),
      ),
    );
    draw(
      'peers-bytes.svg',
      barChart(
        'Many loans, 16 clients: written for an add, kB',
        bars(natural, ({ bytes }) => bytes / 1000),
      ),
    );
  }
  if (hot) draw('peers-hot.svg', barChart('One loan, 16 clients: adds a second', bars(hot, rate)));
  if (dynamodb) {
    const times = dynamodb.forms.map(({ form, p50Ms }) => ({ label: FORMS[form], value: p50Ms }));
    draw('peers-dynamodb.svg', barChart(`DynamoDB, ${dynamodb.injectedMs} ms a call: time of an add, ms`, times));
  }
}

function conditions({
  machine,
  node,
  loadBefore,
  rounds,
  seconds,
  postgres,
  connections,
  versions,
}: NonNullable<PeersResults['hot']>): string {
  const settings = Object.entries(postgres).filter(([name]) => name !== 'server_version');
  const values = settings.map(([name, value]) => `\`${name}=${value}\``).join(', ');
  return `Measured by \`npm run bench -- peers\` on ${machine}, Node ${node}. Servers, database and load share the machine's
cores, so compare the ratios. Medians of ${rounds} rounds; in each, one server after the other starts with a new store, and gets
each load for ${seconds} s. Raw figures: [bench/peers.json](../bench/peers.json).${busyNote(loadBefore)}

- **Ours**: \`serve\` as built, SQLite on the disk with its default settings. The history of events, the outbox and expiry are
  at work.
- **Plain SQL**: Fastify and PostgreSQL with care: prepared statements, the loan's row locked, five round trips an add. The same
  rules, limits and idempotency, without history, outbox, mail and expiry in the background; addresses are checked more simply.
  PostgreSQL ${postgres['server_version']} on a Unix socket, ${connections} connections, with its default settings
  (${values}).
  Libraries: ${versions.join(', ')}.
- **Drizzle**: the same by an ORM, as its documentation shows. Prisma is used more, but its install downloads programs from
  elsewhere.

All verify tokens of the same issuer (ES256), each once, and log a line for each request. Before the timing, all get the same
requests: statuses, bodies, rows, replays and limits must be the same, and concurrent adds must not over-fund. CPU time is that
of all processes and threads of the server and its database; bytes are what they have written to files (\`write_bytes\` in
\`/proc\`). Both include what follows the responses. "Still to write" is what changed in memory or in SQLite's log, and has to
be written to the tables' own pages.`;
}

/** Above this load, other programs took much of the machine. */
const QUIET_LOAD_MAX = 1;

function busyNote(load: number): string {
  if (load <= QUIET_LOAD_MAX) return '';
  return `

**Other programs kept the machine busy: its load was ${formatNumber(load)} before the start. A server of more processes gets more of a busy
machine, so the rates and latencies of this run say little; CPU time and bytes say more.**`;
}

function naturalPart(natural: NaturalResults): string {
  const { runs, bare, mail } = natural;
  const bareFigure = (show: (run: BareRun) => string) => show(typicalBare(bare));
  return `### Many loans

![Adds a second](img/peers-natural.svg)
![CPU time of an add](img/peers-cpu.svg)
![Bytes written for an add](img/peers-bytes.svg)

Each client makes loans and adds 60 lenders to each, ten a request with a key. Making the loans is part of the figures.

${httpTable(natural)}

${verdict(runs)}

${mailParagraph(mail)}

SQLite alone writes the same 16 rows, 16 commits an fsync, ${bareFigure(({ commitsPerSecond }) => formatNumber(commitsPerSecond))} times a second, with
${bareFigure(({ cpuMs }) => ms(cpuMs))} of CPU and ${bareFigure(({ bytes }) => kilobytes(bytes))} each. Ours reaches ${ratioToBare(natural)} of that rate at ${CHARTED_CLIENTS} clients.`;
}

function typicalBare(bare: readonly BareRun[]): BareRun {
  const figure = (of: (run: BareRun) => number) => median(bare.map(of));
  return {
    commitsPerSecond: figure(({ commitsPerSecond }) => commitsPerSecond),
    cpuMs: figure(({ cpuMs }) => cpuMs),
    bytes: figure(({ bytes }) => bytes),
  };
}

function mailParagraph({ adds, mails, mailsPerSecond, cpuMsWith, cpuMsWithout, bytesWith, bytesWithout }: MailCost): string {
  const each = (difference: number) => (difference * adds) / mails;
  return `With mail, ours sends ten mails an add to a server on this machine. When a load ends, most of them still wait, so their
cost is measured separately: ${adds} adds and all of their ${formatNumber(mails)} mails take ${ms(each(cpuMsWith - cpuMsWithout))} of CPU and ${kilobytes(each(bytesWith - bytesWithout))} for each
mail above the same adds without mail, at ${formatNumber(mailsPerSecond)} mails a second.`;
}

function hotPart(hot: HttpResults): string {
  return `### One loan for all

![Adds a second to one loan](img/peers-hot.svg)

All clients add to the same loan, ten lenders a request with a key.

${httpTable(hot)}

${verdict(hot.runs)}`;
}

function dynamoDbPart({ machine, node, requests, injectedMs, version, forms }: NonNullable<PeersResults['dynamodb']>): string {
  const timeOf = (name: FormName) => forms.find(({ form }) => form === name)?.p50Ms ?? Number.NaN;
  const rows = forms.map(({ form, calls, p50Ms }) => {
    const ratios = (['ours-cold', 'ours-warm'] as const).map((ours) => (p50Ms / timeOf(ours)).toFixed(1));
    return `| ${FORMS[form]} | ${formatNumber(calls)} | ${formatNumber(calls * injectedMs)} ms | ${ms(p50Ms)} | ${ratios.join(' | ')} |`;
  });
  return `### On DynamoDB

![Time of an add on DynamoDB](img/peers-dynamodb.svg)

Adding ten lenders to a loan that has fifty, one request at a time, on DynamoDB Local with ${injectedMs} ms injected into each
call (${machine}, Node ${node}; medians of ${requests}, one of each after the other). The forms of the report on the earlier
system make its calls, one after the other. Its counts leave out reading the loan and the key, so these have no keys; they have
no transaction either. The handler with
${version} reads the loan and adds all lenders in one transaction.
The library writes its record before that and again after it, so a retry after a crash between them does not get the first
response. Ours writes the record in the same transaction, as well as the history, the outbox and the limit. Before the timing,
each must reject over-funding and a duplicate, and have the same lenders in the end.

| | calls | calls × ${injectedMs} ms | p50 | to ours, cold | to ours, warm |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function httpTable({ runs, deferred }: HttpResults): string {
  const rows = clientCounts(runs).flatMap((clients) =>
    names(runs)
      .filter((name) => of(runs, name, clients).length > 0)
      .map((name) => httpRow(runs, deferred, name, clients)),
  );
  const note = runs.some(({ isComplete }) => !isComplete)
    ? '\n\n\\* Some of what follows the responses was not done when the measurement ended, and is not counted.'
    : '';
  return `In parentheses: the ratio to plain SQL, which is the median of the ratios within each round.

| clients | | adds a second | p50 | p99 | CPU an add | written an add | still to write, at most | CPU of the load |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}${note}`;
}

function httpRow(runs: readonly HttpRun[], deferred: readonly Deferred[], name: ContenderName, clients: number): string {
  const figure = (one: (run: HttpRun) => number) => typical(runs, name, clients, one);
  const compared = (one: (run: HttpRun) => number, show: (value: number) => string) =>
    `${show(figure(one))}${name === BASE ? '' : ` (${ratioTo(runs, name, BASE, clients, one).toFixed(2)})`}`;
  const later = median(deferred.filter(({ contender }) => contender === name).map(({ bytes }) => bytes));
  const mark = of(runs, name, clients).every(({ isComplete }) => isComplete) ? '' : ' *';
  return `| ${[
    clients,
    NAMES[name],
    compared(rate, formatNumber),
    ms(figure(({ p50Ms }) => p50Ms)),
    ms(figure(({ p99Ms }) => p99Ms)),
    compared(({ cpuMs }) => cpuMs, ms) + mark,
    compared(({ bytes }) => bytes, kilobytes) + mark,
    kilobytes(later),
    ms(figure(({ generatorCpuMs }) => generatorCpuMs)),
  ].join(' | ')} |`;
}

const FIGURES: readonly { readonly name: string; readonly better: 1 | -1; readonly of: (run: HttpRun) => number }[] = [
  { name: 'adds a second', better: 1, of: rate },
  { name: 'p99', better: -1, of: ({ p99Ms }) => p99Ms },
  { name: 'CPU an add', better: -1, of: ({ cpuMs }) => cpuMs },
  { name: 'bytes an add', better: -1, of: ({ bytes }) => bytes },
];

/** Where ours is worse than another, in words. @internal exported for tests */
export function verdict(runs: readonly HttpRun[]): string {
  const losses = PEERS.filter((peer) => names(runs).includes(peer)).flatMap((peer) =>
    clientCounts(runs).flatMap((clients) =>
      FIGURES.flatMap(({ name, better, of: figure }) => {
        const ratio = ratioTo(runs, 'ours', peer, clients, figure);
        const isWorse = better === 1 ? ratio < 1 : ratio > 1;
        return isWorse
          ? [`- ${clients} ${clients === 1 ? 'client' : 'clients'}, ${name}: ${ratio.toFixed(2)} times that of ${NAMES[peer]}`]
          : [];
      }),
    ),
  );
  if (losses.length === 0) return 'Ours is better in each of these figures.';
  return ['Ours is worse in:', '', ...losses].join('\n');
}

/** The median of the ratios within each round. */
function ratioTo(
  runs: readonly HttpRun[],
  name: ContenderName,
  other: ContenderName,
  clients: number,
  figure: (run: HttpRun) => number,
): number {
  const others = of(runs, other, clients);
  return median(
    of(runs, name, clients).flatMap((run) => {
      const same = others.find(({ round }) => round === run.round);
      return same ? [figure(run) / figure(same)] : [];
    }),
  );
}

function ratioToBare({ runs, bare }: NaturalResults): string {
  const ratios = of(runs, 'ours', CHARTED_CLIENTS).flatMap((run) => {
    const alone = bare[run.round - 1];
    return alone ? [run.addsPerSecond / alone.commitsPerSecond] : [];
  });
  return median(ratios).toFixed(2);
}

function of(runs: readonly HttpRun[], name: ContenderName, clients: number): HttpRun[] {
  return runs.filter((run) => run.contender === name && run.clients === clients);
}

function typical(runs: readonly HttpRun[], name: ContenderName, clients: number, figure: (run: HttpRun) => number): number {
  return median(of(runs, name, clients).map(figure));
}

function names(runs: readonly HttpRun[]): ContenderName[] {
  const order = Object.keys(NAMES);
  return [...new Set(runs.map(({ contender }) => contender))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

function clientCounts(runs: readonly HttpRun[]): number[] {
  return [...new Set(runs.map(({ clients }) => clients))].sort((a, b) => a - b);
}

function rate({ addsPerSecond }: HttpRun): number {
  return addsPerSecond;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : formatNumber(value)} ms`;
}

function kilobytes(bytes: number): string {
  return `${formatNumber(bytes / 1000)} kB`;
}
