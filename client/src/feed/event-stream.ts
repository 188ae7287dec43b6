import type { Event } from '../api.generated.ts';
import { abortable, type Clock } from '../clock.ts';
import type { ApiError } from '../errors.ts';
import { EventStreamParser, type ServerSentEvent } from './event-source.ts';
import { CLOSE_CODE, type FeedConnection, type FeedMessage, parseMembers, problemError } from './feed-messages.ts';

/** Silence after which the connection is taken for dead. The server sends a comment every 15 seconds. */
const SILENCE_MS = 35_000;
/** Bounds and default of the pause after a stream that has ended. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 30_000;
const RETRY_MS = 2000;

export interface EventStreamOptions {
  /** Requests the events after the cursor. @returns the response, or the error that the server responded with */
  readonly open: (signal: AbortSignal) => Promise<ApiError | Response>;
  /** Undefined for new events only. */
  readonly cursor: string | undefined;
  readonly clock: Clock;
}

/** One response with server-sent events. It is read as fast as its messages are taken. */
export class EventStream implements FeedConnection {
  readonly #options: EventStreamOptions;
  readonly #parser: EventStreamParser;
  readonly #abort = new AbortController();
  readonly #decoder = new TextDecoder();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #queue: FeedMessage[] = [];
  #hasPosition: boolean;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#parser = new EventStreamParser(options.cursor ?? '');
    this.#hasPosition = options.cursor !== undefined;
  }

  async next(): Promise<FeedMessage> {
    for (;;) {
      const message = this.#queue.shift();
      if (message) return message;
      try {
        this.#queue = await this.#withinSilence(() => (this.#reader ? this.#read(this.#reader) : this.#open()));
      } catch (error) {
        const code = error instanceof RangeError ? CLOSE_CODE.serverError : CLOSE_CODE.lost;
        return { type: 'closed', code, reason: String(Object(error).message) };
      }
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #open(): Promise<FeedMessage[]> {
    const { open, cursor } = this.#options;
    const response = await open(this.#abort.signal);
    if (!(response instanceof Response)) return [{ type: 'error', error: response }];
    this.#reader = response.body?.getReader();
    const subscribed: FeedMessage[] = cursor === undefined ? [] : [{ type: 'subscribed', cursor }];
    return this.#reader ? subscribed : [...subscribed, this.#ended()];
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<FeedMessage[]> {
    const { done, value } = await reader.read();
    if (done) return [this.#ended()];
    return this.#parser.push(this.#decoder.decode(value, { stream: true })).flatMap((event) => this.#toMessages(event));
  }

  /** A stream of new events begins with their position. @returns nothing for events of later versions */
  #toMessages({ data, type, id: cursor }: ServerSentEvent): FeedMessage[] {
    const isFirst = !this.#hasPosition;
    this.#hasPosition = true;
    if (data === undefined) return [{ type: isFirst ? 'subscribed' : 'position', cursor }];
    const members = parseMembers(data);
    if (type === 'end' && members.problem) return [{ type: 'error', error: problemError(members.problem) }];
    if (type !== 'message' || !isEvent(members)) return [];
    return [isFirst ? { type: 'history' } : { type: 'event', cursor, event: members }];
  }

  #ended(): FeedMessage {
    const { retryMs = RETRY_MS } = this.#parser;
    return { type: 'ended', retryInMs: Math.min(Math.max(retryMs, RETRY_MS_MIN), RETRY_MS_MAX) };
  }

  async #withinSilence<T>(work: () => Promise<T>): Promise<T> {
    const cancelTimer = this.#options.clock.after(SILENCE_MS, () => this.#abort.abort(new Error('The server does not respond.')));
    try {
      return await abortable(work(), this.#abort.signal);
    } finally {
      cancelTimer();
    }
  }
}

function isEvent(members: object): members is Event {
  return 'event_id' in members && typeof members.event_id === 'string';
}
