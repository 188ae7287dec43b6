import { type Clock, platformClock, TIMER_MS_MAX } from './clock.ts';
import type { Hooks } from './hooks.ts';

/** Tells who asks. It is called for each attempt, so it keeps its token as long as that is good. */
export type TokenSource = (refused?: string) => string | Promise<string>;

export interface ClientOptions {
  /** Of the server, with the path before `/loans` where there is one. */
  readonly url: string | URL;
  /** A JWT, or what gives one. A function is asked once more after a 401, and is then told the token that was refused. */
  readonly token: string | TokenSource;
  /** For a call with all its attempts. 30 s if left out. */
  readonly deadlineMs?: number;
  /** For each attempt, within the deadline. 10 s if left out. */
  readonly attemptMs?: number;
  /** 5 if left out; 1 turns retries off. */
  readonly maxAttempts?: number;
  /** Before the second attempt at most; the most doubles with each attempt, up to `retryDelayMaxMs`. 500 and 8000 if left out. */
  readonly retryDelayMs?: number;
  readonly retryDelayMaxMs?: number;
  /** A server that asks for more patience than this gets no retry: the call fails with its answer at once. 30 s if left out. */
  readonly retryAfterMaxMs?: number;
  /** Retries at hand when nothing has gone wrong; each ten successes earn one back. 20 if left out. */
  readonly retryBudgetMax?: number;
  /** So many failures in a row stop all calls for a while. 10 if left out. */
  readonly breakerFailuresMax?: number;
  /** How long that is at most at first; it doubles up to `breakerPauseMaxMs`. 5 s and 60 s if left out. */
  readonly breakerPauseMs?: number;
  readonly breakerPauseMaxMs?: number;
  /** A longer answer is not read to its end. 64 MiB if left out. */
  readonly answerBytesMax?: number;
  readonly hooks?: Hooks;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
  /** From 0 to below 1, as Math.random. */
  readonly random?: () => number;
  /** Makes idempotency keys and request ids. */
  readonly newId?: () => string;
}

/** For one call. */
export interface CallOptions {
  /** Ends the call at once: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  /** Made anew for each call if left out: 1 to 128 of `A-Z a-z 0-9 . _ -`. */
  readonly requestId?: string | undefined;
}

/** For one call that changes something. */
export interface ChangeOptions extends CallOptions {
  /** Name what is to happen once, such as your own order's number: then a repeat after a crash of yours is safe too. */
  readonly idempotencyKey?: string | undefined;
}

export type Settings = Required<Omit<ClientOptions, 'token' | 'url'>> & {
  readonly url: URL;
  readonly token: TokenSource;
  readonly canRenew: boolean;
};

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
  answerBytesMax: 64 * 2 ** 20,
} as const;

const DURATIONS = ['deadlineMs', 'attemptMs', 'retryDelayMs', 'retryDelayMaxMs', 'breakerPauseMs', 'breakerPauseMaxMs'] as const;
const COUNTS = ['maxAttempts', 'breakerFailuresMax', 'answerBytesMax'] as const;

/** @throws TypeError or RangeError where an option can't be meant */
export function settingsOf(options: ClientOptions): Settings {
  const { url, token, ...others } = options;
  const limits = { ...DEFAULTS, ...definedOf(others) };
  for (const name of DURATIONS) requireDuration(name, limits[name]);
  for (const name of COUNTS) requireCount(name, limits[name]);
  return {
    ...limits,
    url: baseOf(url),
    token: typeof token === 'string' ? () => token : token,
    canRenew: typeof token !== 'string',
    hooks: options.hooks ?? {},
    // Looked up at each call: what traces a program often puts its own fetch in place of the platform's later.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? platformClock,
    random: options.random ?? Math.random,
    newId: options.newId ?? (() => crypto.randomUUID()),
  };
}

/** @throws RangeError where timers would not take it */
export function requireDuration(name: string, ms: number): void {
  if (ms > 0 && ms <= TIMER_MS_MAX) return;
  throw new RangeError(`${name} must be above 0 and at most ${TIMER_MS_MAX} milliseconds, not ${ms}.`);
}

export function requireCount(name: string, count: number): void {
  if (Number.isInteger(count) && count > 0) return;
  throw new RangeError(`${name} must be a whole number above 0, not ${count}.`);
}

/** Ends in a slash, so that paths can be put behind it. */
function baseOf(given: string | URL): URL {
  const url = new URL(given);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`url must begin with https:// or http://, not ${url.protocol}`);
  if (url.username || url.password) throw new TypeError('url must not hold a user name or a password. Give a token.');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url;
}

/** Without members that are there but undefined: they mean the default. */
function definedOf<T extends object>(options: T): T {
  const defined = { ...options };
  for (const name of Object.keys(defined)) if (Reflect.get(defined, name) === undefined) Reflect.deleteProperty(defined, name);
  return defined;
}
