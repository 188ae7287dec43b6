import { type Connection, openConnection, type Reply } from './connection.ts';
import { CONTRIBUTION, LENDERS_A_LOAN, LENDERS_EACH, type LoadPlan, type LoadResult } from './plan.ts';

/* A separate process. Each message to it is a plan; it sends back the result. */

process.on('message', (plan: LoadPlan) => {
  generate(plan).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ error: error.message }),
  );
});

interface Run extends LoadPlan {
  readonly until: number;
  readonly latencies: number[];
  /** Adds that were started. */
  started: number;
}

async function generate(plan: LoadPlan): Promise<LoadResult> {
  const connections = await Promise.all(plan.tokens.map(() => openConnection(plan.port)));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const run: Run = { ...plan, until: startedAt + 1000 * plan.seconds, latencies: [], started: 0 };
  await Promise.all(connections.map((connection, client) => runClient(run, connection, client)));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  for (const connection of connections) connection.close();
  const sorted = run.latencies.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const generatorCpuMs = (cpu.user + cpu.system) / 1000;
  return { adds: sorted.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99), generatorCpuMs };
}

async function runClient(run: Run, connection: Connection, client: number): Promise<void> {
  const token = run.tokens[client] ?? '';
  for (let serial = 0; mayStart(run); serial += 1) {
    const own = `${run.name}-${client}-${serial}`;
    const loanId = run.loanId ?? (await createLoan(connection, token, own));
    const adds = run.loanId === undefined ? LENDERS_A_LOAN / LENDERS_EACH : 1;
    for (let add = 0; add < adds && mayStart(run); add += 1) {
      run.started += 1;
      await addLenders(run, connection, { token, loanId, name: `${own}-${add}` });
    }
  }
}

const mayStart = ({ until, started, adds }: Run) => performance.now() < until && started < adds;

async function createLoan(connection: Connection, token: string, name: string): Promise<string> {
  const amount = LENDERS_A_LOAN * CONTRIBUTION;
  const body = JSON.stringify({ amount, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: 'A workshop' });
  const reply = await connection.send(headOf('/loans', token, name), body);
  return JSON.parse(expectStatus(201, reply).body).loan.loan_id;
}

interface Add {
  readonly token: string;
  readonly loanId: string;
  readonly name: string;
}

async function addLenders(run: Run, connection: Connection, { token, loanId, name }: Add): Promise<void> {
  let lenders = '';
  for (let n = 0; n < LENDERS_EACH; n += 1) {
    lenders += `${n > 0 ? ',' : ''}{"email":"${name}-${n}@example.com","contribution_amount":${CONTRIBUTION}}`;
  }
  const sentAt = performance.now();
  const reply = await connection.send(headOf(`/loans/${loanId}/lenders`, token, name), `{"lenders":[${lenders}]}`);
  run.latencies.push(performance.now() - sentAt);
  expectStatus(200, reply);
}

function headOf(path: string, token: string, key: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nIdempotency-Key: ${key}\r\n`;
}

function expectStatus(status: number, reply: Reply): Reply {
  if (reply.status !== status) throw new Error(`expected ${status}, got ${reply.status}: ${reply.body}`);
  return reply;
}
