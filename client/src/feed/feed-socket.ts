import type { Event, Problem } from '../api.generated.ts';
import type { Clock } from '../clock.ts';

/** A server that says nothing for so long is asked whether it is there; and so long it may take to say so. */
const PING_MS = 25_000;
const PONG_MS = 10_000;
/** Events that wait for whoever reads them. A WebSocket can't be told to wait, so then it is closed, to be resumed from there. */
const WAITING_MAX = 1000;

/** What the server says: docs/protocol.md. */
export type FeedMessage =
  | { readonly type: 'subscribed'; readonly cursor: string }
  | { readonly type: 'event'; readonly cursor: string; readonly event: Event }
  | { readonly type: 'error'; readonly problem: Problem };

/** How a connection ended: by a code of WebSocket, or because it was let go. */
export interface LineEnd {
  readonly type: 'end';
  readonly code: number;
  readonly reason: string;
}

export interface LineOptions {
  readonly address: URL;
  /** Said first. */
  readonly greeting: object;
  readonly clock: Clock;
  readonly webSocket: typeof globalThis.WebSocket;
}

/** One connection to the feed, read message by message. */
export class FeedSocket {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #waiting: (FeedMessage | LineEnd)[] = [];
  #wake = () => {};
  #state: 'ended' | 'open' = 'open';
  #callOff = () => {};

  constructor({ address, greeting, clock, webSocket }: LineOptions) {
    this.#clock = clock;
    this.#socket = new webSocket(address);
    this.#socket.addEventListener('open', () => this.#socket.send(JSON.stringify(greeting)));
    this.#socket.addEventListener('message', ({ data }) => this.#take(data));
    this.#socket.addEventListener('error', () => this.#end(1006, 'There was no connection, or it broke.'));
    this.#socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason));
    this.#heard();
  }

  /** The next message; at last, how it ended. */
  async next(): Promise<FeedMessage | LineEnd> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#end(1000, 'It was closed here.');
  }

  #take(data: unknown): void {
    this.#heard();
    const message = typeof data === 'string' ? messageIn(data) : undefined;
    if (!message || this.#state === 'ended') return;
    this.#push(message);
    if (this.#waiting.length >= WAITING_MAX) this.#end(1000, 'Too many events wait to be read.');
  }

  #push(message: FeedMessage | LineEnd): void {
    this.#waiting.push(message);
    this.#wake();
  }

  #end(code: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#callOff();
    this.#socket.close();
    this.#push({ type: 'end', code, reason });
  }

  /** Finds out that the other end is gone where nothing tells it. */
  #heard(): void {
    this.#callOff();
    if (this.#state === 'ended') return;
    this.#callOff = this.#clock.after(PING_MS, () => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send('{"type":"ping"}');
      this.#callOff = this.#clock.after(PONG_MS, () => this.#end(1006, 'The server fell silent.'));
    });
  }
}

interface Said {
  readonly type?: unknown;
  readonly cursor?: unknown;
  readonly event?: Event;
  readonly problem?: Problem;
}

/** @returns undefined for what is not known here, and so is nothing to whoever reads */
function messageIn(text: string): FeedMessage | undefined {
  const { type, cursor, event, problem } = said(text);
  if (type === 'subscribed' && typeof cursor === 'string') return { type, cursor };
  if (type === 'event' && typeof cursor === 'string' && event) return { type, cursor, event };
  return type === 'error' && problem ? { type, problem } : undefined;
}

function said(text: string): Said {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
