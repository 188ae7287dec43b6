import { deepStrictEqual } from 'node:assert/strict';
import { delayedRequest } from '../../../server/src/testing/dynamodb/faults.ts';
import { ANY } from '../../../server/src/testing/dynamodb/proxy.ts';
import { INJECTED_MS } from '../../dynamodb/latency.ts';
import { type BenchDatabase, startBenchDatabase } from '../../dynamodb/setup.ts';
import { median } from '../../median.ts';
import type { FormName, FormResult } from '../results.ts';
import { type AddForm, type Lender, lendersOf, newLenders, type OpenForms, SEEDED_LENDERS, seededLenders } from './add-form.ts';

/* Adding ten lenders to a loan that has fifty, on DynamoDB Local with a delay injected into each call. */

const AMOUNT = 1_000_000;
const WARM_UP = 2;
/** A variable, so that the compiler does not read a module whose libraries may not be installed. */
const FORMS = new URL('../servers/dynamodb/forms.ts', import.meta.url).href;

/** @param requests of each form @throws Error if this machine can't run DynamoDB Local, AssertionError where a form breaks a rule */
export async function measureForms(requests: number, log: (line: string) => void): Promise<FormResult[]> {
  const database = await startBenchDatabase();
  const { openForms }: { openForms: OpenForms } = await import(FORMS);
  const { close, ...others } = await openForms({ delayed: database.proxy.endpoint, straight: database.endpoint });
  try {
    const forms: Record<FormName, AddForm> = {
      ...others,
      'ours-cold': await openOurs(database, false),
      'ours-warm': await openOurs(database, true),
    };
    const entries = Object.entries(forms);
    for (const [name, form] of entries) {
      log(`checking ${name} ...`);
      await checkForm(form);
    }
    const times = new Map(entries.map(([name]) => [name, { ms: [0].slice(1), calls: 0 }]));
    for (let run = -WARM_UP; run < requests; run += 1) {
      for (const [name, form] of entries) {
        const measured = await timeOne(database, form, `run-${run}`);
        const time = times.get(name);
        if (!time || run < 0) continue;
        time.ms.push(measured.ms);
        time.calls += measured.calls;
      }
    }
    return [...times].map(([name, { ms, calls }]) => {
      const result = { form: formOf(name), calls: calls / requests, p50Ms: median(ms) };
      log(`${name}: ${result.calls} calls, ${result.p50Ms.toFixed(0)} ms`);
      return result;
    });
  } finally {
    close();
    await database.end();
  }
}

async function timeOne(database: BenchDatabase, form: AddForm, key: string) {
  const { proxy } = database;
  const loanId = await form.seed(AMOUNT);
  proxy.clear();
  proxy.always(ANY, delayedRequest(INJECTED_MS));
  const startedAt = performance.now();
  const { status, text } = await form.add(loanId, newLenders(), key);
  const ms = performance.now() - startedAt;
  const calls = proxy.requests.length;
  proxy.clear();
  if (status !== 200) throw new Error(`adding lenders got ${status}: ${text}`);
  return { ms, calls };
}

/** The whole program, called in this process. Its loans are seeded without the delay. */
async function openOurs(database: BenchDatabase, usesViewCache: boolean): Promise<AddForm> {
  const testApp = await database.open(await database.newTable(), { usesViewCache });
  const borrower = await testApp.as('borrower@example.com');
  return {
    replays: true,
    async seed(amount) {
      const loanId = await borrower.postsLoan({ amount });
      const seeded = seededLenders();
      for (let sent = 0; sent < SEEDED_LENDERS; sent += 20)
        await borrower.post(`/loans/${loanId}/lenders`, { lenders: seeded.slice(sent, sent + 20) });
      return loanId;
    },
    add: (loanId, lenders, key) => borrower.post(`/loans/${loanId}/lenders`, { lenders }, { 'Idempotency-Key': key }),
    async emails(loanId) {
      const { body } = await borrower.get(`/loans/${loanId}/lenders?limit=100`);
      return body.lenders.map(({ email }: { email: string }) => email);
    },
  };
}

/** The rules that all have. @throws AssertionError */
async function checkForm(form: AddForm): Promise<void> {
  const loanId = await form.seed(SEEDED_LENDERS + 10);
  const expectStatus = async (status: number, key: string, lenders: readonly Lender[]) => {
    const response = await form.add(loanId, lenders, key);
    deepStrictEqual(response.status, status, response.text);
    return response.text;
  };
  await expectStatus(400, 'too-much', [...lendersOf('most', 9), { email: 'all@example.com', contribution_amount: 2 }]);
  await expectStatus(400, 'twice', [...lendersOf('twice', 1), ...seededLenders().slice(0, 1)]);
  const first = await expectStatus(200, 'fits', newLenders());
  const { lenders_added, total_invited } = JSON.parse(first);
  deepStrictEqual([lenders_added, total_invited], [10, SEEDED_LENDERS + 10]);
  if (form.replays) deepStrictEqual(await expectStatus(200, 'fits', newLenders()), first);
  const expected = [...seededLenders(), ...newLenders()].map(({ email }) => email);
  const emails = await form.emails(loanId);
  deepStrictEqual([emails.length, new Set(emails)], [expected.length, new Set(expected)]);
}

function formOf(name: string): FormName {
  const form = (['first', 'improved', 'powertools', 'ours-cold', 'ours-warm'] as const).find((one) => one === name);
  if (!form) throw new Error(`there is no form ${name}`);
  return form;
}
