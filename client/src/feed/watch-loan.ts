import type { Event, Problem } from '../api.generated.ts';
import { type Clock, orAborted, pause, platformClock } from '../clock.ts';
import { ApiError, ConnectionError } from '../errors.ts';
import { backoffMs } from '../http/retry.ts';
import type { FeedAuth } from './feed-auth.ts';
import { type FeedMessage, FeedSocket, type LineEnd } from './feed-socket.ts';

const BACKOFF = { delayMs: 500, delayMsMax: 30_000 } as const;
/** Of so many events it is known whether they came already. */
const REMEMBERED_MAX = 1000;
const TOKEN_EXPIRED = 4401;

export interface WatchedEvent {
  readonly event: Event;
  /** A position behind it, to go on from with `after`. */
  readonly cursor: string;
}

/** What becomes of the connection. */
export type WatchState =
  | { readonly name: 'subscribed'; readonly isAgain: boolean }
  | { readonly name: 'lost'; readonly reason: string; readonly retryInMs: number };

export interface WatchOptions {
  /** A cursor to go on behind; only what happens from now on if left out. */
  readonly after?: string | undefined;
  /** Ends it: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onState?: (state: WatchState) => void;
  readonly webSocket?: typeof globalThis.WebSocket;
  readonly clock?: Clock;
}

/**
 * Tells what happens to a loan as it happens: each event once and in order, through lost connections, stopped servers and expired
 * tokens. Whoever leaves the loop, closes the connection.
 * @throws ApiError where the server refuses for good, ConnectionError where there never was one
 */
export async function* watchLoan(
  client: FeedAuth,
  loanId: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchedEvent, void, undefined> {
  const { signal = new AbortController().signal, clock = platformClock } = options;
  const watch = new Watch(client, loanId, options);
  for (;;) {
    signal.throwIfAborted();
    const line = await watch.connect(signal);
    try {
      for (;;) {
        const message = await orAborted(line.next(), signal);
        const event = watch.take(message);
        if (event) yield event;
        if (message.type === 'end' || message.type === 'error') break;
      }
    } finally {
      line.close();
    }
    await pause(watch.pauseMs(), signal, clock);
  }
}

/** What stays from one connection to the next. */
class Watch {
  readonly #client: FeedAuth;
  readonly #loanId: string;
  readonly #options: WatchOptions;
  readonly #told = new Set<string>();
  #cursor: string | undefined;
  #token: string | undefined;
  #refused: string | undefined;
  /** How many connections came so far as to be subscribed. */
  #subscriptions = 0;
  /** Whether the server ever said anything: one that was there comes back, one that never was is a wrong address. */
  #server: 'heard' | 'unheard' = 'unheard';
  /** In a row. */
  #failures = 0;
  #lost: { readonly reason: string; readonly atLeastMs: number } = { reason: '', atLeastMs: 0 };

  constructor(client: FeedAuth, loanId: string, options: WatchOptions) {
    this.#client = client;
    this.#loanId = loanId;
    this.#options = options;
    this.#cursor = options.after;
  }

  async connect(signal: AbortSignal): Promise<FeedSocket> {
    const { webSocket = globalThis.WebSocket, clock = platformClock } = this.#options;
    this.#token ??= await orAborted(this.#client.token(this.#refused), signal);
    if (this.#token === this.#refused) throw expired();
    const address = new URL('feed', this.#client.url);
    address.protocol = address.protocol.replace('http', 'ws');
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const greeting = { type: 'subscribe', token: this.#token, loan_id: this.#loanId, ...after };
    return new FeedSocket({ address, greeting, clock, webSocket });
  }

  /** @returns what is to be told of it @throws where there is no going on */
  take(message: FeedMessage | LineEnd): WatchedEvent | undefined {
    if (message.type !== 'end') this.#server = 'heard';
    switch (message.type) {
      case 'subscribed':
        this.#cursor = message.cursor;
        this.#options.onState?.({ name: 'subscribed', isAgain: this.#subscriptions > 0 });
        this.#subscriptions += 1;
        this.#failures = 0;
        this.#refused = undefined;
        return undefined;
      case 'event':
        this.#cursor = message.cursor;
        return this.#isNew(message.event) ? { event: message.event, cursor: message.cursor } : undefined;
      case 'error':
        this.#judge(message.problem);
        return undefined;
      case 'end':
        this.#ended(message);
        return undefined;
    }
  }

  /** @returns how long to wait before the next connection */
  pauseMs(): number {
    this.#failures += 1;
    const { reason, atLeastMs } = this.#lost;
    const retryInMs = atLeastMs + backoffMs(this.#failures, { ...BACKOFF, random: this.#client.random });
    this.#options.onState?.({ name: 'lost', reason, retryInMs });
    return retryInMs;
  }

  #isNew({ event_id }: Event): boolean {
    if (this.#told.has(event_id)) return false;
    this.#told.add(event_id);
    const [oldest] = this.#told;
    if (this.#told.size > REMEMBERED_MAX && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }

  #judge(problem: Problem): void {
    if (problem.error === 'UNAUTHORIZED') this.#renew(apiErrorOf(problem));
    else if (!problem.retryable) throw apiErrorOf(problem);
    this.#lost = { reason: problem.message, atLeastMs: (problem.retry_after ?? 0) * 1000 };
  }

  #ended({ code, reason }: LineEnd): void {
    if (code === TOKEN_EXPIRED) this.#renew(expired());
    else if (this.#server === 'unheard') {
      const circumstances = { requestId: '', attempts: this.#failures + 1, retryable: true, cause: new Error(reason) };
      throw new ConnectionError(`There is no feed at ${this.#client.url.origin}.`, circumstances);
    }
    this.#lost = { reason, atLeastMs: 0 };
  }

  /** Another token is asked for once, where there may be one; who refuses that too, means it. */
  #renew(refusal: ApiError): void {
    if (!this.#client.canRenew || this.#refused !== undefined) throw refusal;
    this.#refused = this.#token;
    this.#token = undefined;
  }
}

function apiErrorOf(problem: Problem): ApiError {
  const { error: code, message, status, details, request_id: requestId, retryable, retry_after: retryAfter } = problem;
  return new ApiError(message, { code, status, details, requestId, retryable, retryAfter, attempts: 1, body: problem });
}

function expired(): ApiError {
  const message = 'The token has expired. Sign in anew.';
  const circumstances = { requestId: '', retryable: false, attempts: 1, body: undefined };
  return new ApiError(message, { code: 'UNAUTHORIZED', status: 401, details: [], ...circumstances });
}
