import { vi } from 'vitest';
import { bearer, createRequest } from '../server/src/testing/app/http-client.ts';
import { readResponse, type TestResponse } from '../server/src/testing/app/response.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import type { startMailServer } from '../server/src/testing/mail/smtp-server.ts';

/* Users who call a server over HTTP. */

export interface Client {
  readonly token: string;
  get(path: string): Promise<TestResponse>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>;
  /** The same user at another server of the same store. */
  at(url: string): Client;
  /** @returns the id of the loan */
  postsLoan(loan?: object): Promise<string>;
}

/** Signs in at the local issuer. The token remains valid when the server restarts. */
export async function signIn(url: string, email: string, name?: string): Promise<Client> {
  const { body } = await call(url, undefined, 'POST', '/local/token', { email, ...(name !== undefined && { name }) });
  return clientAt(url, body.token);
}

type MailServer = Awaited<ReturnType<typeof startMailServer>>;

/** Signs in by the code that a mail server gets. */
export async function signInByEmail(url: string, { delivered }: Pick<MailServer, 'delivered'>, email: string): Promise<Client> {
  const before = delivered.length;
  const { body } = await call(url, undefined, 'POST', '/auth/email', { email });
  const code = await vi.waitFor(
    () => {
      const mail = delivered.slice(before).find(({ to }) => to.includes(email));
      const [, digits] = /^(\d{8})$/m.exec(mail?.mail.text ?? '') ?? [];
      if (digits === undefined) throw new Error(`no code has come for ${email}`);
      return digits;
    },
    { timeout: 30_000, interval: 20 },
  );
  const answer = { challenge: body.challenge, code };
  return clientAt(url, (await call(url, undefined, 'POST', '/auth/email/verify', answer)).body.token);
}

function clientAt(url: string, token: string): Client {
  const post: Client['post'] = (path, body, headers) => call(url, token, 'POST', path, body, headers);
  return {
    token,
    get: (path) => call(url, token, 'GET', path),
    post,
    at: (other) => clientAt(other, token),
    postsLoan: async (loan = {}) => (await post('/loans', { ...LOAN, ...loan })).body.loan.loan_id,
  };
}

export async function call(
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const all = { ...(token !== undefined && bearer(token)), ...headers };
  return readResponse(await fetch(createRequest(method, new URL(path, url), { body, headers: all })));
}
