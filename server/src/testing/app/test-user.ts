import type { Claims, LocalIssuer } from '../../auth/local-issuer.ts';
import { parseEmail } from '../../domain/email.ts';
import type { Answer } from './response.ts';

/* Somebody in a lab who signs in at the local issuer. */

export const LOAN = { amount: 20_000, interest_rate: 4.5, term_months: 36 } as const;

/** Whoever comes back later than this signs in anew, as their token would soon expire. */
const SIGNED_IN_MS = 3_000_000;

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array | ReadableStream<Uint8Array>;
}

type Fields = Readonly<Record<string, string>>;
type Send = (method: string, path: string, sending?: Sending) => Promise<Answer>;

interface World {
  readonly localIssuer: LocalIssuer | undefined;
  readonly send: Send;
  readonly now: () => number;
}

export type TestUser = Awaited<ReturnType<typeof signIn>>;

export async function signIn({ localIssuer, send, now }: World, address: string, claims: Omit<Claims, 'email'>) {
  const email = parseEmail(address);
  if (email === undefined || localIssuer === undefined) throw new Error('a person needs an address and the local issuer');
  const ask = async () => ({ ...(await localIssuer.issue({ email, ...claims })), until: now() + SIGNED_IN_MS });
  let signedIn = await ask();

  async function sendAs(method: string, path: string, { headers = {}, ...sending }: Sending = {}): Promise<Answer> {
    if (now() >= signedIn.until) signedIn = await ask();
    return send(method, path, { ...sending, headers: { Authorization: `Bearer ${signedIn.token}`, ...headers } });
  }

  return {
    email,
    token: signedIn.token,
    userId: signedIn.user_id,
    send: sendAs,
    get: (path: string, headers: Fields = {}) => sendAs('GET', path, { headers }),
    post: (path: string, body?: unknown, headers: Fields = {}) =>
      sendAs('POST', path, { headers, ...(body !== undefined && { body }) }),
    patch: (path: string, body: unknown, headers: Fields = {}) => sendAs('PATCH', path, { body, headers }),
    delete: (path: string, headers: Fields = {}) => sendAs('DELETE', path, { headers }),
    /** @returns the id of a loan that was posted as wished */
    async postsLoan(loan: Readonly<Record<string, unknown>> = {}): Promise<string> {
      const { status, body } = await sendAs('POST', '/loans', { body: { ...LOAN, ...loan } });
      if (status !== 201) throw new Error(`the loan was not made: ${JSON.stringify(body)}`);
      return body.loan.loan_id;
    },
  };
}
