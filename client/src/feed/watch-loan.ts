import type { Event, Problem } from '../api.generated.ts';
import { encodeId, requireSignal } from '../arguments.ts';
import { abortable, type Clock, platformClock, sleep } from '../clock.ts';
import { type ApiError, ConnectionError, createApiError } from '../errors.ts';
import { backoffMs } from '../http/retry.ts';
import type { FeedAuth } from './feed-auth.ts';
import { type FeedMessage, FeedSocket, type SocketClosed } from './feed-socket.ts';

const BACKOFF = { delayMs: 500, delayMsMax: 30_000 } as const;
/** Event ids that are kept to drop duplicates. */
const SEEN_MAX = 1000;
const TOKEN_EXPIRED_CODE = 4401;
/** Of RFC 6455: an unexpected error of the server, and a message that it does not take for its size. */
const SERVER_ERROR_CODE = 1011;
const TOO_LARGE_CODE = 1009;
/** Unexpected errors of the server in a row, after which the watch ends. An event, or a minute of a subscription, begins again. */
const SERVER_ERRORS_MAX = 5;
const STEADY_MS = 60_000;

export interface WatchedEvent {
  readonly event: Event;
  /** Position after this event: pass it as `after` to resume. */
  readonly cursor: string;
}

/** State of the connection. */
export type WatchState =
  | { readonly name: 'subscribed'; readonly isAgain: boolean }
  | { readonly name: 'lost'; readonly reason: string; readonly retryInMs: number };

export interface WatchOptions {
  /** A cursor to resume after. Default: new events only. */
  readonly after?: string | undefined;
  /** Stops watching and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onState?: (state: WatchState) => void;
  readonly webSocket?: typeof globalThis.WebSocket;
  readonly clock?: Clock;
}

/**
 * Yields the events of a loan as they happen, each once and in order. It reconnects when the connection is lost and
 * renews expired tokens. Leaving the loop closes the connection.
 * @throws ApiError for an error that a retry can't fix, such as `NOT_FOUND`, or unexpected errors of the server in a row
 * @throws ConnectionError if the server never responded
 * @example
 * for await (const { event } of watchLoan(lending, loanId)) {
 *   console.log(event.type, event.data.loan.remaining);
 *   if (event.type === 'loan.funded') break;
 * }
 */
export async function* watchLoan(
  client: FeedAuth,
  loanId: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchedEvent, void, undefined> {
  const { signal = new AbortController().signal, clock = platformClock } = options;
  encodeId('loanId', loanId);
  requireSignal(signal);
  requireWebSocket(options.webSocket ?? globalThis.WebSocket);
  const watch = new Watch(client, loanId, options);
  for (;;) {
    signal.throwIfAborted();
    const socket = await watch.connect(signal);
    try {
      for (;;) {
        const message = await abortable(socket.next(), signal);
        const event = watch.handle(message);
        if (event) yield event;
        if (message.type === 'closed' || message.type === 'error') break;
      }
    } finally {
      socket.close();
    }
    await sleep(watch.reconnectDelayMs(), signal, clock);
  }
}

function requireWebSocket(webSocket: unknown): void {
  if (typeof webSocket !== 'function') throw new TypeError('webSocket must be a WebSocket class, as this platform has none.');
}

/** State that outlives a connection. */
class Watch {
  readonly #client: FeedAuth;
  readonly #loanId: string;
  readonly #options: WatchOptions;
  readonly #seen = new Set<string>();
  #cursor: string | undefined;
  #token: string | undefined;
  #rejectedToken: string | undefined;
  #subscriptions = 0;
  /** A server that responded once will return; one that never did has a wrong address. */
  #hasServerResponded: boolean = false;
  /** Since the last subscription. */
  #failures = 0;
  /** Unexpected errors in a row, and when the last subscription began (monotonic ms). */
  #serverErrors = 0;
  #subscribedAt = Number.POSITIVE_INFINITY;
  #lost: { readonly reason: string; readonly retryAfterMs: number } = { reason: '', retryAfterMs: 0 };

  constructor(client: FeedAuth, loanId: string, options: WatchOptions) {
    this.#client = client;
    this.#loanId = loanId;
    this.#options = options;
    this.#cursor = options.after;
  }

  async connect(signal: AbortSignal): Promise<FeedSocket> {
    const { webSocket = globalThis.WebSocket, clock = platformClock } = this.#options;
    this.#token ??= await abortable(this.#client.token(this.#rejectedToken), signal);
    if (this.#token === this.#rejectedToken) throw tokenExpired();
    const url = new URL('feed', this.#client.url);
    url.protocol = url.protocol.replace('http', 'ws');
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const subscribe = { type: 'subscribe', token: this.#token, loan_id: this.#loanId, ...after };
    return new FeedSocket({ url, subscribe, clock, webSocket });
  }

  /** @returns the event to yield, if any. @throws an error that ends the watch */
  handle(message: FeedMessage | SocketClosed): WatchedEvent | undefined {
    if (message.type !== 'closed') this.#hasServerResponded = true;
    switch (message.type) {
      case 'subscribed':
        this.#cursor = message.cursor;
        this.#options.onState?.({ name: 'subscribed', isAgain: this.#subscriptions > 0 });
        this.#subscriptions += 1;
        this.#subscribedAt = this.#elapsed();
        this.#failures = 0;
        this.#rejectedToken = undefined;
        return undefined;
      case 'event':
        this.#cursor = message.cursor;
        this.#serverErrors = 0;
        return this.#isNew(message.event) ? { event: message.event, cursor: message.cursor } : undefined;
      case 'error':
        this.#handleProblem(message.problem);
        return undefined;
      case 'closed':
        this.#handleClose(message);
        return undefined;
    }
  }

  reconnectDelayMs(): number {
    this.#failures += 1;
    const { reason, retryAfterMs } = this.#lost;
    const retryInMs = retryAfterMs + backoffMs(this.#failures, { ...BACKOFF, random: this.#client.random });
    this.#options.onState?.({ name: 'lost', reason, retryInMs });
    return retryInMs;
  }

  #isNew({ event_id }: Event): boolean {
    if (this.#seen.has(event_id)) return false;
    this.#seen.add(event_id);
    const [oldest] = this.#seen;
    if (this.#seen.size > SEEN_MAX && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }

  #handleProblem(problem: Problem): void {
    if (problem.error === 'UNAUTHORIZED') this.#renewToken(toApiError(problem));
    else if (!problem.retryable) throw toApiError(problem);
    else if (problem.error === 'INTERNAL_ERROR') this.#countServerError(toApiError(problem));
    this.#lost = { reason: problem.message, retryAfterMs: (problem.retry_after ?? 0) * 1000 };
  }

  #handleClose({ code, reason }: SocketClosed): void {
    if (code === TOKEN_EXPIRED_CODE) this.#renewToken(tokenExpired());
    else if (code === TOO_LARGE_CODE) throw tooLarge();
    else if (!this.#hasServerResponded) {
      const context = { requestId: '', attempts: this.#failures + 1, retryable: true, cause: new Error(reason) };
      throw new ConnectionError(`No feed at ${this.#client.url.origin}.`, context);
    } else if (code === SERVER_ERROR_CODE) this.#countServerError(serverFailed(reason));
    this.#lost = { reason, retryAfterMs: 0 };
  }

  #countServerError(error: ApiError): void {
    if (this.#elapsed() - this.#subscribedAt >= STEADY_MS) this.#serverErrors = 0;
    this.#subscribedAt = Number.POSITIVE_INFINITY;
    this.#serverErrors += 1;
    if (this.#serverErrors >= SERVER_ERRORS_MAX) throw error;
  }

  #elapsed(): number {
    return (this.#options.clock ?? platformClock).elapsed();
  }

  /** At most once in a row: an error about the renewed token is final. */
  #renewToken(error: ApiError): void {
    if (!this.#client.canRenew || this.#rejectedToken !== undefined) throw error;
    this.#rejectedToken = this.#token;
    this.#token = undefined;
  }
}

function toApiError(problem: Problem): ApiError {
  const { error: code, message, status, details, request_id: requestId, retryable, retry_after: retryAfter } = problem;
  return createApiError(message, { code, status, details, requestId, retryable, retryAfter, attempts: 1, body: problem });
}

function tokenExpired(): ApiError {
  const context = { requestId: '', retryable: false, attempts: 1, body: undefined };
  return createApiError('The token has expired. Sign in again.', { code: 'UNAUTHORIZED', status: 401, details: [], ...context });
}

function serverFailed(reason: string): ApiError {
  const context = { requestId: '', retryable: true, attempts: SERVER_ERRORS_MAX, body: undefined };
  return createApiError(`The server closed the feed: ${reason}.`, { code: 'INTERNAL_ERROR', status: 500, details: [], ...context });
}

function tooLarge(): ApiError {
  const context = { requestId: '', retryable: false, attempts: 1, body: undefined };
  const message = 'The token, the loan’s id or the cursor is longer than the feed takes. Check them.';
  return createApiError(message, { code: 'PAYLOAD_TOO_LARGE', status: 413, details: [], ...context });
}
