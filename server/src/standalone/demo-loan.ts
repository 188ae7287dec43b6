import { ApiError, LendingClient } from '@private-lending/client';
import { type App, fetchFrom } from '../composition/app.ts';
import { parseEmail } from '../domain/email.ts';
import { storeMetadataKey } from '../storage/keys.ts';
import { getOrCreate } from '../storage/store-secrets.ts';

const BORROWER = 'borrower@example.com';
const LOAN = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: 'A workshop of our own' } as const;
const LENDERS = ['ana', 'ben', 'chloe'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5000 }));

interface Demo {
  readonly loanId: string;
}

/**
 * Creates a demo loan in a new store, if the local issuer is used.
 * @returns a curl command that adds three lenders to the loan; undefined unless there is a demo loan without lenders
 */
export async function demoCommand(app: App, url: string): Promise<string | undefined> {
  const { localIssuer, storeSecrets, services } = app;
  const email = parseEmail(BORROWER);
  if (!localIssuer || !email) return undefined;
  const { token } = await localIssuer.issue({ email });
  const client = new LendingClient({ url, token, fetch: fetchFrom(app) });
  if (storeSecrets.isNew) {
    const { loan } = await client.createLoan(LOAN);
    await getOrCreate<Demo>(services.store, 'demo', async () => ({ loanId: loan.loan_id }));
  }
  const [demo] = await services.store.get([storeMetadataKey<Demo>('demo')]);
  if (!demo) return undefined;
  const { loanId } = demo.data;
  const response = await client.readLoan(loanId).catch(ignoreApiError);
  if (response?.loan.status !== 'open' || response.loan.lender_count > 0) return undefined;
  const body = JSON.stringify({ lenders: LENDERS });
  return `curl -sS -X POST ${url}/loans/${loanId}/lenders -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${body}'`;
}

/** The server also starts if the demo loan was deleted. */
function ignoreApiError(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}
