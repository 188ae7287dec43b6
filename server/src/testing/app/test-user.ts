import type { Claims } from '../../auth/local-issuer.ts';
import type { App } from '../../composition/app.ts';
import { parseEmail } from '../../domain/email.ts';
import { bearer, httpClient } from './http-client.ts';

export const LOAN = { amount: 20_000, interest_rate: 4.5, term_months: 36 } as const;

/** Tokens are renewed after this, as they would soon expire. */
const TOKEN_MS = 3_000_000;

export type TestUser = Awaited<ReturnType<typeof signIn>>;

/** Signs in at the local issuer. @returns an HTTP client with the user's token */
export async function signIn({ fetch, localIssuer }: App, now: () => number, address: string, claims: Omit<Claims, 'email'>) {
  const email = parseEmail(address);
  if (email === undefined || localIssuer === undefined) throw new Error('a user needs an e-mail address and the local issuer');
  const issue = async () => ({ ...(await localIssuer.issue({ email, ...claims })), until: now() + TOKEN_MS });
  let current = await issue();
  const client = httpClient(fetch, async () => {
    if (now() >= current.until) current = await issue();
    return bearer(current.token);
  });

  return {
    ...client,
    email,
    token: current.token,
    userId: current.user_id,
    /** Posts a loan. @returns its id */
    async postsLoan(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
      const { status, text, body } = await client.post('/loans', { ...LOAN, ...changes });
      if (status !== 201) throw new Error(`the loan was not created: ${text}`);
      return body.loan.loan_id;
    },
  };
}
