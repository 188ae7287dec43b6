import { type Answer, lenders, type Person } from '../../server/src/testing/app/test-app.ts';
import { ANY } from '../../server/src/testing/dynamodb/proxy.ts';
import { type Metered, makeMeter } from './meter.ts';
import type { BenchDatabase } from './setup.ts';

/* What each command and each query asks of DynamoDB, counted before it: the same on every machine and at every run. */

export interface OutcomeCost {
  readonly outcome: string;
  /** Whether the process remembered the loan. */
  readonly state: 'cold' | 'warm';
  readonly requests: readonly Metered[];
}

interface Step {
  readonly outcome: string;
  readonly status: number;
  send(stage: Stage): Promise<Answer>;
}

interface Stage {
  readonly borrower: Person;
  readonly loan: string;
  /** Somebody in the loan. */
  readonly lender: string;
}

const TEN = 10;

/** In the order in which they are taken: a step may rest on the ones before it. */
const STEPS: readonly Step[] = [
  { outcome: 'add ten lenders', status: 200, send: (stage) => add(stage, 'plain') },
  { outcome: 'add ten lenders, with a key', status: 200, send: (stage) => add(stage, 'keyed', 'k') },
  { outcome: 'add ten lenders, replayed', status: 200, send: (stage) => add(stage, 'keyed', 'k') },
  { outcome: 'add ten lenders, refused by the loan', status: 400, send: (stage) => add(stage, 'plain') },
  {
    outcome: 'add lenders, refused by its form',
    status: 400,
    send: ({ borrower, loan }) => borrower.post(`${loan}/lenders`, { lenders: [] }),
  },
  {
    outcome: 'add one lender',
    status: 200,
    send: ({ borrower, loan }) => borrower.post(`${loan}/lenders`, { lenders: lenders(1, 1, 'one') }),
  },
  {
    outcome: 'post a loan',
    status: 201,
    send: ({ borrower }) => borrower.post('/loans', { amount: 1000, interest_rate: 4.5, term_months: 36 }),
  },
  { outcome: 'change an amount', status: 200, send: ({ borrower, lender }) => borrower.patch(lender, { contribution_amount: 7 }) },
  { outcome: 'revoke an invitation', status: 200, send: ({ borrower, lender }) => borrower.delete(lender) },
  { outcome: 'read a loan', status: 200, send: ({ borrower, loan }) => borrower.get(loan) },
  { outcome: 'list 20 lenders', status: 200, send: ({ borrower, loan }) => borrower.get(`${loan}/lenders`) },
  { outcome: 'list own loans (2)', status: 200, send: ({ borrower }) => borrower.get('/loans') },
  { outcome: 'list 20 events', status: 200, send: ({ borrower, loan }) => borrower.get(`${loan}/events`) },
  { outcome: 'cancel a loan', status: 200, send: ({ borrower, loan }) => borrower.post(`${loan}/cancel`) },
];

export async function measureOutcomes(ground: BenchDatabase): Promise<OutcomeCost[]> {
  return [...(await measure(ground, 'cold')), ...(await measure(ground, 'warm'))];
}

/** @param state cold: as a process that has seen nothing; warm: one that has seen all of it */
async function measure(ground: BenchDatabase, state: OutcomeCost['state']): Promise<OutcomeCost[]> {
  const testApp = await ground.open(await ground.newTable(), { usesViewCache: state === 'warm' });
  const meter = makeMeter(ground.straight, await ground.newTable());
  ground.proxy.always(ANY, meter.treatment);
  const borrower = await testApp.as('borrower@example.com');
  const loan = `/loans/${await borrower.postsLoan({ amount: 1_000_000 })}`;
  const added = await borrower.post(`${loan}/lenders`, { lenders: lenders(20, 100, 'first') });
  const stage: Stage = { borrower, loan, lender: `${loan}/lenders/${added.body.lenders[0].lender_id}` };
  const costs: OutcomeCost[] = [];
  for (const { outcome, status, send } of STEPS) {
    meter.taken();
    const answer = await send(stage);
    if (answer.status !== status) throw new Error(`${outcome}: expected ${status}, got ${answer.status}: ${answer.text}`);
    costs.push({ outcome, state, requests: meter.taken() });
  }
  ground.proxy.clear();
  return costs;
}

function add({ borrower, loan }: Stage, prefix: string, key?: string): Promise<Answer> {
  return borrower.post(
    `${loan}/lenders`,
    { lenders: lenders(TEN, 1, prefix) },
    key === undefined ? {} : { 'Idempotency-Key': key },
  );
}
