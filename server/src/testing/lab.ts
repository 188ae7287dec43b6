import type { Claims } from '../admission/local-issuer.ts';
import { createApp } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { parseEmail } from '../domain/email.ts';
import { observed, type StoreVerb } from '../storage/observed.ts';
import { openSqlite } from '../storage/sqlite.ts';
import type { Store } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { requireDeclared } from './declared.ts';

/*
 * A whole program in one process for tests: the real app on a real store, with a clock that stands until it is moved,
 * and every answer held against the reference that the program itself publishes.
 */

/** 2026-03-01, a quarter past nine in UTC: far from the ends of its hour and its day. */
export const MORNING = Date.UTC(2026, 2, 1, 9, 15);

export const LOAN = { amount: 20_000, interest_rate: 4.5, term_months: 36 } as const;

/** Whoever comes back later than this signs in anew, as their token would soon expire. */
const SIGNED_IN_MS = 3_000_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; tests look into it freely. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is what it checks
  readonly body: any;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array | ReadableStream<Uint8Array>;
}

export interface LabOptions {
  readonly config?: Partial<Config>;
  /** Opened by the caller, closed by `close`. In memory if left out. */
  readonly store?: Store;
  readonly waitingMax?: number;
}

export type Lab = Awaited<ReturnType<typeof openLab>>;
export type Person = Awaited<ReturnType<Lab['as']>>;

export async function openLab(options: LabOptions = {}) {
  const config: Config = { ...readConfig({ REQUESTS_PER_SECOND: '0' }), ...options.config };
  const calls: StoreVerb[] = [];
  const logged: string[] = [];
  const time = { now: MORNING };
  const store = observed(options.store ?? openSqlite(':memory:'), (verb) => calls.push(verb));
  const app = await createApp({
    config,
    store,
    log: makeLog({ write: (line) => void logged.push(line) }),
    clock: () => time.now,
    ...(options.waitingMax !== undefined && { waitingMax: options.waitingMax }),
  });

  async function send(method: string, path: string, { headers = {}, body, raw }: Sending = {}): Promise<Answer> {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = new Request(`http://localhost:3000${path}`, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(content !== undefined && { body: content, duplex: 'half' }),
    });
    const response = await app.fetch(request);
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson(response) ? JSON.parse(text) : undefined,
    };
    requireDeclared(method, path, answer);
    return answer;
  }

  /** Somebody who signs in at the local issuer. */
  async function as(address: string, claims: { readonly name?: string; readonly email_verified?: boolean } = {}) {
    const email = parseEmail(address);
    if (email === undefined || app.localIssuer === undefined)
      throw new Error('a person in the lab needs an address and the local issuer');
    const { issue } = app.localIssuer;
    const signIn = async (as: Claims) => ({ ...(await issue(as)), until: time.now + SIGNED_IN_MS });
    const whole: Claims = { email, ...claims };
    let signedIn = await signIn(whole);
    async function sendAs(method: string, path: string, { headers = {}, ...sending }: Sending = {}): Promise<Answer> {
      if (time.now >= signedIn.until) signedIn = await signIn(whole);
      return send(method, path, { ...sending, headers: { Authorization: `Bearer ${signedIn.token}`, ...headers } });
    }
    return {
      email,
      token: signedIn.token,
      userId: signedIn.user_id,
      send: sendAs,
      get: (path: string, headers: Record<string, string> = {}) => sendAs('GET', path, { headers }),
      post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
        sendAs('POST', path, { headers, ...(body !== undefined && { body }) }),
      patch: (path: string, body: unknown, headers: Record<string, string> = {}) => sendAs('PATCH', path, { body, headers }),
      delete: (path: string, headers: Record<string, string> = {}) => sendAs('DELETE', path, { headers }),
      /** @returns the id of a loan that was posted as wished */
      async postsLoan(loan: Readonly<Record<string, unknown>> = {}): Promise<string> {
        const { status, body } = await sendAs('POST', '/loans', { body: { ...LOAN, ...loan } });
        if (status !== 201) throw new Error(`the loan was not made: ${JSON.stringify(body)}`);
        return body.loan.loan_id;
      },
    };
  }

  return {
    app,
    store,
    send,
    as,
    /** The calls that the store got, in order. */
    calls,
    /** The lines that were logged. */
    logged,
    /** The calls that `work` makes the store get. */
    async callsOf(work: () => Promise<unknown>): Promise<StoreVerb[]> {
      const before = calls.length;
      await work();
      return calls.slice(before);
    },
    get now(): number {
      return time.now;
    },
    /** Moves the clock forward. */
    pass(ms: number): void {
      time.now += ms;
    },
    close: () => store.close(),
  };
}

/** Lenders as a request names them: `lenders(2, 100)` asks ann0 and ann1 for 100 each. */
export function lenders(
  count: number,
  amount: number | string,
  prefix = 'ann',
): { email: string; contribution_amount: number | string }[] {
  return Array.from({ length: count }, (_, index) => ({ email: `${prefix}${index}@example.com`, contribution_amount: amount }));
}

function isJson(response: Response): boolean {
  return /json/.test(response.headers.get('Content-Type') ?? '');
}
