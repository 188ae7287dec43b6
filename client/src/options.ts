import { type HeaderValues, kindOf, requireCount, requireDuration } from './arguments.ts';
import { type Clock, platformClock } from './clock.ts';
import type { Hooks } from './hooks.ts';

/**
 * Returns the access token (JWT). It is called for each attempt, so it should cache. After a 401 it is called once
 * more, with the rejected token.
 */
export type TokenSource = (rejected?: string) => string | Promise<string>;

/** Options of a program, which has a token. */
export interface ClientOptions extends TransportOptions {
  /** A JWT, or a function that returns one. */
  readonly token: string | TokenSource;
  readonly session?: undefined;
}

/** Options of a page that the server itself serves. Requests carry the cookie of the browser's session, and no token. */
export interface SessionClientOptions extends TransportOptions {
  readonly session: true;
  readonly token?: undefined;
}

export interface AuthClientOptions extends TransportOptions {
  /** Of a program that is signed in. */
  readonly token?: string | TokenSource | undefined;
  /** False for programs: signing in returns a token. Default: true without a token, for a browser's session. */
  readonly session?: boolean | undefined;
}

/** Durations are in milliseconds. */
export interface TransportOptions {
  /** Of the server, with the path before `/loans` if there is one. */
  readonly url: string | URL;
  /** For a call with all its attempts. Default 30 s. */
  readonly deadlineMs?: number;
  /** For each attempt, within the deadline. Default 10 s. */
  readonly attemptMs?: number;
  /** Default 5; 1 turns retries off. */
  readonly maxAttempts?: number;
  /** Upper bound of the first retry delay. It doubles with each attempt up to `retryDelayMaxMs`. Default 500. */
  readonly retryDelayMs?: number;
  /** Default 8 s. */
  readonly retryDelayMaxMs?: number;
  /** A response with a longer `Retry-After` is not retried. Default 30 s. */
  readonly retryAfterMaxMs?: number;
  /** Retries in reserve; every ten successful calls add one. Default 20. */
  readonly retryBudgetMax?: number;
  /** Consecutive failures that open the circuit breaker. Default 10. */
  readonly breakerFailuresMax?: number;
  /** First pause of the circuit breaker. It doubles with each failed trial up to `breakerPauseMaxMs`. Default 5 s. */
  readonly breakerPauseMs?: number;
  /** Default 60 s. */
  readonly breakerPauseMaxMs?: number;
  /** A larger response is rejected. Default 64 MiB. */
  readonly responseBytesMax?: number;
  readonly hooks?: Hooks;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
  /** From 0 up to but not including 1, as `Math.random`. */
  readonly random?: () => number;
  /** Generates idempotency keys and request ids. */
  readonly newId?: () => string;
}

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  /** 1 to 128 of `A-Z a-z 0-9 . _ -`. Default: a new one for each call. */
  readonly requestId?: string | undefined;
  /** Sent too, such as `traceparent`. Those that the client sets itself, such as `Authorization`, are rejected. */
  readonly headers?: HeaderValues | undefined;
}

/** Options of one call that changes something. */
export interface ChangeOptions extends CallOptions {
  /** Identifies the change, so that repeating the call does not repeat the change. Default: a new one for each call. */
  readonly idempotencyKey?: string | undefined;
}

/** Options of accepting an invitation. */
export interface AcceptOptions extends ChangeOptions {
  /** The amount that the lender has seen, in major units, if no other may be accepted: the borrower may have changed it since. */
  readonly contributionAmount?: number | string | undefined;
}

export const OPTIONS_OF_CALLS = [
  'signal',
  'deadlineMs',
  'maxAttempts',
  'requestId',
  'headers',
  'idempotencyKey',
] as const satisfies readonly (keyof ChangeOptions)[];

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'session' }
  | { readonly kind: 'token'; readonly token: TokenSource; readonly canRenew: boolean };

export type Settings = Required<Omit<TransportOptions, 'url'>> & { readonly url: URL; readonly credentials: Credentials };

const DEFAULTS = {
  deadlineMs: 30_000,
  attemptMs: 10_000,
  maxAttempts: 5,
  retryDelayMs: 500,
  retryDelayMaxMs: 8000,
  retryAfterMaxMs: 30_000,
  retryBudgetMax: 20,
  breakerFailuresMax: 10,
  breakerPauseMs: 5000,
  breakerPauseMaxMs: 60_000,
  responseBytesMax: 64 * 2 ** 20,
} as const;

const DURATIONS = ['deadlineMs', 'attemptMs', 'retryDelayMs', 'retryDelayMaxMs', 'breakerPauseMs', 'breakerPauseMaxMs'] as const;
const COUNTS = ['maxAttempts', 'breakerFailuresMax', 'responseBytesMax'] as const;

/**
 * Validates the options and adds the defaults.
 * @param fallback credentials of options without a token and a session
 * @throws TypeError or RangeError
 */
export function resolveOptions(options: AuthClientOptions, fallback?: Credentials): Settings {
  if (!(options instanceof Object)) throw new TypeError(`options must be an object with url and token, not ${kindOf(options)}.`);
  const { url, token, session, ...others } = options;
  const limits = { ...DEFAULTS, ...withoutUndefined(others) };
  for (const name of DURATIONS) requireDuration(name, limits[name]);
  for (const name of COUNTS) requireCount(name, limits[name]);
  return {
    ...limits,
    url: toBaseUrl(url),
    credentials: resolveCredentials(token, session, fallback),
    hooks: options.hooks ?? {},
    // Looked up at each call, as tracing libraries replace the global fetch later.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? platformClock,
    random: options.random ?? Math.random,
    newId: options.newId ?? (() => crypto.randomUUID()),
  };
}

function resolveCredentials(
  token: string | TokenSource | undefined,
  session: boolean | undefined,
  fallback: Credentials | undefined,
): Credentials {
  if (token === undefined && session) return { kind: 'session' };
  if (token === undefined && fallback) return session === false ? { kind: 'none' } : fallback;
  if (session) throw new TypeError('options must have token or session, not both.');
  if (typeof token === 'function') return { kind: 'token', token, canRenew: true };
  if (typeof token === 'string' && token.trim() !== '') return { kind: 'token', token: () => token, canRenew: false };
  throw new TypeError(`token must be a JWT or a function that returns one, not ${token === '' ? 'empty' : kindOf(token)}.`);
}

/** Ends in a slash, so that paths resolve below it. */
function toBaseUrl(text: string | URL): URL {
  // Not quoted in the error: it may contain a password.
  if (!URL.canParse(String(text))) throw new TypeError('url must be absolute, such as https://lending.example.com');
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`url must begin with https:// or http://, not ${url.protocol}`);
  if (url.username || url.password) throw new TypeError('url must not contain a user name or a password. Use the token option.');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url;
}

/** An option that is undefined means its default. */
function withoutUndefined<T extends object>(options: T): T {
  const defined = { ...options };
  for (const name of Object.keys(defined)) if (Reflect.get(defined, name) === undefined) Reflect.deleteProperty(defined, name);
  return defined;
}
