import type { Clock } from '../clock.ts';
import { CLOSE_CODE, type FeedConnection, type FeedMessage, parseMembers, problemError } from './feed-messages.ts';

/** Silence after which the server is pinged, and how long it may take to reply. */
const PING_MS = 25_000;
const PONG_MS = 10_000;
/** Unread messages. A WebSocket has no backpressure, so the socket of a slow reader is closed, to resume later. */
const QUEUE_MAX = 1000;

export interface FeedSocketOptions {
  readonly url: URL;
  /** Sent once the socket is open. */
  readonly subscribe: object;
  readonly clock: Clock;
  readonly webSocket: typeof globalThis.WebSocket;
}

/** One connection to the feed, with a queue of its messages. */
export class FeedSocket implements FeedConnection {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #queue: FeedMessage[] = [];
  #wakeReader = () => {};
  #isClosed: boolean = false;
  #cancelTimer = () => {};

  constructor({ url, subscribe, clock, webSocket }: FeedSocketOptions) {
    this.#clock = clock;
    this.#socket = new webSocket(url);
    this.#socket.addEventListener('open', () => this.#socket.send(JSON.stringify(subscribe)));
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('error', () => this.#close(CLOSE_CODE.lost, 'The connection failed.'));
    this.#socket.addEventListener('close', ({ code, reason }) => this.#close(code, reason));
    this.#restartPingTimer();
  }

  async next(): Promise<FeedMessage> {
    for (;;) {
      const message = this.#queue.shift();
      if (message) return message;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  close(): void {
    this.#close(1000, 'Closed by the client.');
  }

  #receive(data: unknown): void {
    this.#restartPingTimer();
    const message = typeof data === 'string' ? parseMessage(data) : undefined;
    if (!message || this.#isClosed) return;
    this.#enqueue(message);
    if (this.#queue.length >= QUEUE_MAX) this.#close(1000, 'Too many unread messages.');
  }

  #enqueue(message: FeedMessage): void {
    this.#queue.push(message);
    this.#wakeReader();
  }

  #close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    this.#socket.close();
    this.#enqueue({ type: 'closed', code, reason });
  }

  /** Detects a dead connection, of which TCP may not report anything. */
  #restartPingTimer(): void {
    this.#cancelTimer();
    if (this.#isClosed) return;
    this.#cancelTimer = this.#clock.after(PING_MS, () => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send('{"type":"ping"}');
      this.#cancelTimer = this.#clock.after(PONG_MS, () => this.#close(CLOSE_CODE.lost, 'The server does not respond.'));
    });
  }
}

/** @returns undefined for messages of other types, such as `pong` or those of later versions */
function parseMessage(text: string): FeedMessage | undefined {
  const { type, cursor, event, problem } = parseMembers(text);
  if (type === 'subscribed' && typeof cursor === 'string') return { type, cursor };
  if (type === 'event' && typeof cursor === 'string' && event) return { type, cursor, event };
  return type === 'error' && problem ? { type, error: problemError(problem) } : undefined;
}
