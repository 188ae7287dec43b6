import type { Event } from '../api.generated.ts';
import { encodeId, requireSignal } from '../arguments.ts';
import { abortable, type Clock, platformClock, sleep } from '../clock.ts';
import { type ApiError, ConnectionError, createApiError, LendingError } from '../errors.ts';
import { backoffMs } from '../http/retry.ts';
import { EventStream } from './event-stream.ts';
import type { FeedAuth } from './feed-auth.ts';
import { CLOSE_CODE, type FeedClosed, type FeedConnection, type FeedMessage } from './feed-messages.ts';
import { FeedSocket } from './feed-socket.ts';
import { createTicket, readEnd, reportSignedOut, requestStream } from './session-feed.ts';

const BACKOFF = { delayMs: 500, delayMsMax: 30_000 } as const;
/** Part of a server's pause that is added by chance, as the streams of a stopped server end together. */
const PAUSE_JITTER = 0.25;
/** Event ids that are kept to drop duplicates. */
const SEEN_MAX = 1000;
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
  /** Of the WebSocket feed, where it is not below the client's URL: `feed_url` of `AuthClient.me`. Null is the default. */
  readonly feedUrl?: string | URL | null | undefined;
  readonly webSocket?: typeof globalThis.WebSocket;
  readonly clock?: Clock;
}

/**
 * Yields the events of a loan as they happen, each once and in order. It reconnects when the connection is lost and
 * renews expired tokens. Leaving the loop closes the connection. A client with a token reads them by WebSocket, one of a
 * browser's session as server-sent events, or by WebSocket from `feedUrl`.
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
  const watch = new Watch(client, loanId, options);
  for (;;) {
    signal.throwIfAborted();
    const connection = await watch.connect(signal);
    try {
      for (let isOpen = true; isOpen; ) {
        const message = await abortable(connection.next(), signal);
        const event = watch.handle(message);
        if (event) yield event;
        isOpen = message.type === 'subscribed' || message.type === 'event' || message.type === 'position';
      }
    } finally {
      connection.close();
    }
    await sleep(watch.reconnectDelayMs(), signal, clock);
  }
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
  #hasServerResponded: boolean;
  /** Since the last subscription. */
  #failures = 0;
  /** Where the server can't begin with new events. */
  #readsHistory: boolean = false;
  /** After a stream that ended with its page: until the next one. */
  #pauseMs: number | undefined;
  /** Unexpected errors in a row, and when the last subscription began (monotonic ms). */
  #serverErrors = 0;
  #subscribedAt = Number.POSITIVE_INFINITY;
  #lost: { readonly reason: string; readonly retryAfterMs: number } = { reason: '', retryAfterMs: 0 };

  constructor(client: FeedAuth, loanId: string, options: WatchOptions) {
    this.#client = client;
    this.#loanId = loanId;
    this.#options = options;
    this.#cursor = options.after;
    this.#hasServerResponded = client.session !== undefined;
  }

  async connect(signal: AbortSignal): Promise<FeedConnection> {
    const { session, url } = this.#client;
    const { clock = platformClock, feedUrl, webSocket = globalThis.WebSocket } = this.#options;
    try {
      if (session && !feedUrl) {
        if (this.#readsHistory) this.#cursor ??= await readEnd(session, this.#loanId, signal);
        const cursor = this.#cursor;
        return new EventStream({ cursor, clock, open: (ended) => requestStream(session, this.#loanId, cursor, ended) });
      }
      requireWebSocket(webSocket);
      const token = session ? await createTicket(session, this.#loanId, signal) : await this.#currentToken(signal);
      const after = this.#cursor === undefined ? {} : { after: this.#cursor };
      const subscribe = { type: 'subscribe', token, loan_id: this.#loanId, ...after };
      return new FeedSocket({ url: toFeedUrl(feedUrl, url), subscribe, clock, webSocket });
    } catch (error) {
      // Of a request in a session. The page came from that server, so it will return.
      if (session && error instanceof LendingError && error.retryable) return closedConnection(error.message);
      throw error;
    }
  }

  async #currentToken(signal: AbortSignal): Promise<string> {
    this.#token ??= await abortable(this.#client.token(this.#rejectedToken), signal);
    if (this.#token === this.#rejectedToken) throw tokenExpired();
    return this.#token;
  }

  /** @returns the event to yield, if any. @throws an error that ends the watch */
  handle(message: FeedMessage): WatchedEvent | undefined {
    if (message.type !== 'closed') this.#hasServerResponded = true;
    switch (message.type) {
      case 'subscribed':
        this.#onSubscribed(message.cursor);
        return undefined;
      case 'event':
        this.#cursor = message.cursor;
        this.#serverErrors = 0;
        return this.#isNew(message.event) ? { event: message.event, cursor: message.cursor } : undefined;
      case 'position':
        this.#cursor = message.cursor;
        return undefined;
      case 'error':
        this.#handleError(message.error);
        return undefined;
      case 'history':
        this.#readsHistory = true;
        this.#pauseMs = 0;
        return undefined;
      case 'ended':
        this.#pauseMs = message.retryInMs;
        this.#serverErrors = 0;
        return undefined;
      case 'closed':
        this.#handleClose(message);
        return undefined;
    }
  }

  #onSubscribed(cursor: string): void {
    this.#cursor = cursor;
    // A stream that ends with its page counts as one subscription with the next one.
    if (this.#pauseMs === undefined || this.#subscriptions === 0)
      this.#options.onState?.({ name: 'subscribed', isAgain: this.#subscriptions > 0 });
    this.#pauseMs = undefined;
    this.#subscriptions += 1;
    this.#subscribedAt = this.#elapsed();
    this.#failures = 0;
    this.#rejectedToken = undefined;
  }

  reconnectDelayMs(): number {
    if (this.#pauseMs !== undefined) return this.#pauseMs * (1 + this.#client.random() * PAUSE_JITTER);
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

  #handleError(error: ApiError): void {
    if (error.code === 'UNAUTHORIZED') this.#renewToken(error);
    else if (!error.retryable) throw error;
    else if (error.code === 'INTERNAL_ERROR') this.#countServerError(error);
    this.#lose(error.message, error.retryAfter);
  }

  #handleClose({ code, reason }: FeedClosed): void {
    if (code === CLOSE_CODE.tokenExpired) this.#renewToken(tokenExpired());
    else if (code === CLOSE_CODE.tooLarge) throw tooLarge();
    else if (!this.#hasServerResponded) {
      const context = { requestId: '', attempts: this.#failures + 1, retryable: true, cause: new Error(reason) };
      throw new ConnectionError(`No feed at ${this.#client.url.origin}.`, context);
    } else if (code === CLOSE_CODE.serverError) this.#countServerError(serverFailed(reason));
    this.#lose(reason);
  }

  #lose(reason: string, retryAfter = 0): void {
    this.#pauseMs = undefined;
    this.#lost = { reason, retryAfterMs: retryAfter * 1000 };
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

  /** At most once in a row: an error about the renewed token is final, and so is the end of a session. */
  #renewToken(error: ApiError): void {
    const { canRenew, session } = this.#client;
    const usesTickets = session !== undefined && this.#options.feedUrl;
    if (!(canRenew || usesTickets) || this.#rejectedToken !== undefined) {
      if (session) reportSignedOut(session, this.#loanId, error);
      throw error;
    }
    this.#rejectedToken = this.#token ?? '';
    this.#token = undefined;
  }
}

function requireWebSocket(webSocket: unknown): void {
  if (typeof webSocket !== 'function') throw new TypeError('webSocket must be a WebSocket class, as this platform has none.');
}

function toFeedUrl(feedUrl: string | URL | null | undefined, base: URL): URL {
  const url = new URL(feedUrl || 'feed', base);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

function closedConnection(reason: string): FeedConnection {
  return { next: async () => ({ type: 'closed', code: CLOSE_CODE.lost, reason }), close() {} };
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
