import * as z from 'zod';
import type { App } from '../app.ts';
import { parseEmail } from '../domain/email.ts';
import { keepOnce } from '../installation.ts';
import { installationKey } from '../storage/keys.ts';
import { callApi, RefusedError } from './api.ts';

const BORROWER = 'borrower@example.com';
const LOAN = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: 'A workshop of our own' };
const LENDERS = ['ana', 'ben', 'chloe'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));

const loanCreated = z.object({ loan: z.object({ loan_id: z.string() }) });
const loanRead = z.object({ loan: z.object({ status: z.string(), lender_count: z.number() }) });

interface Demo {
  readonly loanId: string;
}

/**
 * With the local issuer, an empty store gets a loan to try things on.
 * @returns a line to paste into a shell that adds three lenders to it, as long as it has none
 */
export async function demoCommand(app: App, url: string): Promise<string | undefined> {
  const { localIssuer, installation, services } = app;
  const email = parseEmail(BORROWER);
  if (!localIssuer || !email) return undefined;
  const { token } = await localIssuer.issue({ email });
  const call = { send: app.fetch, url, token };
  if (installation.isNew) {
    const body = await callApi(call, 'POST', '/loans', LOAN);
    const { loan } = loanCreated.parse(body);
    await keepOnce<Demo>(services.store, 'demo', async () => ({ loanId: loan.loan_id }));
  }
  const [demo] = await services.store.get([installationKey<Demo>('demo')]);
  if (!demo) return undefined;
  const path = `/loans/${demo.data.loanId}`;
  const answer = await callApi(call, 'GET', path).catch(ignoreRefusal);
  const read = loanRead.safeParse(answer);
  if (!read.success || read.data.loan.status !== 'open' || read.data.loan.lender_count > 0) return undefined;
  const body = JSON.stringify({ lenders: LENDERS });
  return `curl -sS -X POST ${url}${path}/lenders -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${body}'`;
}

/** A demo loan that is gone is no reason not to start. */
function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof RefusedError)) throw error;
}
