import type { TestResponse } from '../../server/src/testing/app/response.ts';
import { lenders } from '../../server/src/testing/app/test-app.ts';
import type { TestUser } from '../../server/src/testing/app/test-user.ts';
import { ANY } from '../../server/src/testing/dynamodb/proxy.ts';
import { type Metered, makeMeter } from './meter.ts';
import type { BenchDatabase } from './setup.ts';

/* Requests to DynamoDB of each command and query, counted by the proxy: the same on every machine, in every run. */

export interface OutcomeCost {
  readonly outcome: string;
  /** Warm: the loan is in the view cache. */
  readonly state: 'cold' | 'warm';
  readonly requests: readonly Metered[];
}

interface Step {
  readonly outcome: string;
  readonly status: number;
  send(scenario: Scenario): Promise<TestResponse>;
}

interface Scenario {
  readonly borrower: TestUser;
  readonly loan: string;
  /** Path of one lender. */
  readonly lender: string;
}

const TEN = 10;

/** In order: a step may depend on earlier ones. */
const STEPS: readonly Step[] = [
  { outcome: 'add ten lenders', status: 200, send: (scenario) => add(scenario, 'plain') },
  { outcome: 'add ten lenders, with a key', status: 200, send: (scenario) => add(scenario, 'keyed', 'k') },
  { outcome: 'add ten lenders, replayed', status: 200, send: (scenario) => add(scenario, 'keyed', 'k') },
  { outcome: 'add ten lenders, refused by the loan', status: 400, send: (scenario) => add(scenario, 'plain') },
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

export async function measureOutcomes(database: BenchDatabase): Promise<OutcomeCost[]> {
  return [...(await measure(database, 'cold')), ...(await measure(database, 'warm'))];
}

async function measure(database: BenchDatabase, state: OutcomeCost['state']): Promise<OutcomeCost[]> {
  const testApp = await database.open(await database.newTable(), { usesViewCache: state === 'warm' });
  const meter = makeMeter(database.straight, await database.newTable());
  database.proxy.always(ANY, meter.rule);
  const borrower = await testApp.as('borrower@example.com');
  const loan = `/loans/${await borrower.postsLoan({ amount: 1_000_000 })}`;
  const added = await borrower.post(`${loan}/lenders`, { lenders: lenders(20, 100, 'first') });
  const scenario: Scenario = { borrower, loan, lender: `${loan}/lenders/${added.body.lenders[0].lender_id}` };
  const costs: OutcomeCost[] = [];
  for (const { outcome, status, send } of STEPS) {
    meter.take();
    const response = await send(scenario);
    if (response.status !== status) throw new Error(`${outcome}: expected ${status}, got ${response.status}: ${response.text}`);
    costs.push({ outcome, state, requests: meter.take() });
  }
  database.proxy.clear();
  return costs;
}

function add({ borrower, loan }: Scenario, prefix: string, key?: string): Promise<TestResponse> {
  return borrower.post(
    `${loan}/lenders`,
    { lenders: lenders(TEN, 1, prefix) },
    key === undefined ? {} : { 'Idempotency-Key': key },
  );
}
