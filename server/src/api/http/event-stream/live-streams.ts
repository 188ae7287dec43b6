import { DomainError, rateLimited, unauthorized } from '../../../domain/errors.ts';
import type { RequestId, UserId } from '../../../domain/ids.ts';
import { KeyedLimit } from '../../../domain/limits/keyed-limit.ts';
import { setLongTimeout } from '../../../events/long-timeout.ts';
import type { Services } from '../../../execution/services.ts';
import type { SubscribeRequest } from '../../../execution/subscribe.ts';
import type { PublishedEvent } from '../../../execution/use-case.ts';
import { type LoanStream, streamLoan } from '../../../usecases/events/watch-loan.ts';
import { problemBody } from '../problem.ts';
import { eventBlock } from './event-block.ts';

/*
 * Server-sent events of a process that can hold a response open: first what happened, then what happens. docs/protocol.md describes
 * the stream.
 */

/** Of all users. */
const STREAMS_MAX = 2000;
/** Of one user, over all their connections to this process. */
const STREAMS_PER_USER_MAX = 20;
/** After this time without an event a comment is sent, so that proxies and clients see that the stream is open. */
const HEARTBEAT_MS = 15_000;
/** How long the network may take for one event. A client that is slower is cut off, and resumes. */
const SEND_MS_MAX = 30_000;
/** How long a client waits before it connects again. */
const RECONNECT_MS = 1000;
const RETRY_SECONDS = 10;

const HEARTBEAT = ':\n\n';

export interface LiveStreamLimits {
  readonly streamsMax: number;
  readonly perUserMax: number;
}

interface OpenOptions {
  /** Cuts off the client's connection. */
  readonly disconnect?: (() => void) | undefined;
  /** Where events begin without a cursor. */
  readonly from?: 'beginning' | 'now';
}

/** The open streams of this process. */
export class LiveStreams {
  readonly #streamsMax: number;
  readonly #byUser: KeyedLimit<UserId>;
  readonly #open = new Set<LiveStream>();
  #count = 0;
  #state: 'open' | 'stopped' = 'open';

  constructor({ streamsMax = STREAMS_MAX, perUserMax = STREAMS_PER_USER_MAX }: Partial<LiveStreamLimits> = {}) {
    this.#streamsMax = streamsMax;
    this.#byUser = new KeyedLimit(perUserMax);
  }

  /**
   * Opens the stream of a loan's events. Never throws: an error is returned, and counted.
   * @returns the body of the response
   */
  async open(
    services: Services,
    request: SubscribeRequest,
    { disconnect = () => {}, from = 'beginning' }: OpenOptions = {},
  ): Promise<ReadableStream<Uint8Array> | DomainError> {
    let release = (): void => {};
    const admit = (userId: UserId): void => {
      release = this.#take(userId);
    };
    const stream = await streamLoan(services, { ...request, admit }, { from });
    if (stream instanceof DomainError) {
      release();
      // Their other subscriptions are too many: for HTTP, this is one limit.
      return stream.code === 'CONFLICT' ? rateLimited(stream.message, RETRY_SECONDS) : stream;
    }
    const live = new LiveStream(stream, {
      requestId: request.requestId,
      expiresInMs: stream.expiresAt - services.clock(),
      disconnect,
      onEnd: () => {
        this.#open.delete(live);
        release();
      },
    });
    this.#open.add(live);
    if (this.#state === 'stopped') live.end(stopping());
    return live.body;
  }

  /** Ends all streams. */
  stop(): void {
    this.#state = 'stopped';
    for (const stream of this.#open) stream.end(stopping());
  }

  #take(userId: UserId): () => void {
    if (this.#state === 'stopped') throw stopping();
    if (this.#count >= this.#streamsMax) throw tooMany(`This server has ${this.#streamsMax} event streams open`);
    if (this.#byUser.isFull(userId)) throw tooMany(`You have ${this.#byUser.max} event streams open`);
    const release = this.#byUser.take(userId);
    this.#count += 1;
    return () => {
      release();
      this.#count -= 1;
    };
  }
}

interface LiveStreamOptions {
  readonly requestId: RequestId;
  readonly expiresInMs: number;
  readonly disconnect: () => void;
  /** Called once, when the subscription has ended; its last block may not be read yet. */
  readonly onEnd: () => void;
}

/** One stream. Its reader pulls: an event is read from the store once the network has taken the one before. */
class LiveStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #source: LoanStream;
  readonly #options: LiveStreamOptions;
  readonly #cancelExpiry: () => void;
  readonly #cancelSessionEnd: () => void;
  #event: PublishedEvent | undefined;
  /** Settles with the next event. */
  #fetching: Promise<void> | undefined;
  #ended: DomainError | undefined;
  #lastBlock: 'sent' | 'unsent' = 'unsent';
  /** Ends the wait of a reader. */
  #wake = (): void => {};
  #overdue: NodeJS.Timeout | undefined;

  constructor(source: LoanStream, options: LiveStreamOptions) {
    this.#source = source;
    this.#options = options;
    const expire = () => this.end(unauthorized('Your token or session has ended. Sign in again.'));
    this.#cancelExpiry = setLongTimeout(options.expiresInMs, expire);
    this.#cancelSessionEnd = source.onSessionEnd(expire);
    const encoder = new TextEncoder();
    const send = (controller: ReadableStreamDefaultController<Uint8Array>, block: string): void => {
      controller.enqueue(encoder.encode(block));
      this.#overdue = setTimeout(() => this.#cutOff(), SEND_MS_MAX);
    };
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => send(controller, eventBlock({ retry: RECONNECT_MS, id: source.cursor })),
        pull: async (controller) => {
          clearTimeout(this.#overdue);
          if (this.#lastBlock === 'sent') controller.close();
          else send(controller, await this.#nextBlock());
        },
        cancel: () => this.#close(),
      },
      { highWaterMark: 0 }, // or one event would be read ahead
    );
  }

  /** Ends the subscription. The reader gets the reason as its last block. */
  end(reason: DomainError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#event = undefined;
    this.#cancelExpiry();
    this.#cancelSessionEnd();
    this.#source.close();
    this.#options.onEnd();
    this.#wake();
  }

  async #nextBlock(): Promise<string> {
    if (!this.#ended && !this.#event) await this.#wait();
    if (this.#ended) {
      this.#lastBlock = 'sent';
      const problem = problemBody(this.#ended, this.#options.requestId);
      return eventBlock({ event: 'end', data: { problem } });
    }
    const published = this.#event;
    this.#event = undefined;
    return published ? eventBlock({ id: published.cursor, data: published.event }) : HEARTBEAT;
  }

  /** Waits for an event, the end, or the time of a heartbeat. */
  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      const heartbeat = setTimeout(resolve, HEARTBEAT_MS);
      this.#wake = () => {
        clearTimeout(heartbeat);
        resolve();
      };
      this.#fetch();
    });
  }

  #fetch(): void {
    this.#fetching ??= this.#source.events.next().then(
      ({ value, done }) => {
        this.#fetching = undefined;
        if (done || this.#ended) return;
        this.#event = value;
        this.#wake();
      },
      (error: DomainError) => this.end(error),
    );
  }

  #cutOff(): void {
    this.#close();
    this.#options.disconnect();
  }

  /** Without a last block, as nobody reads it. */
  #close(): void {
    clearTimeout(this.#overdue);
    this.end(stopping());
  }
}

function stopping(): DomainError {
  const message = 'The server is stopping. Connect again, and resume after the last id.';
  return new DomainError('SERVICE_UNAVAILABLE', 'Contention', message, { retryAfter: 1 });
}

function tooMany(what: string): DomainError {
  return rateLimited(`${what}, the most there may be. Close some, and retry after ${RETRY_SECONDS} seconds.`, RETRY_SECONDS);
}
