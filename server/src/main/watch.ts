import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { eventShape } from '../usecases/shapes.ts';
import { RefusedError, UnreachableError } from './api.ts';

/* A client of the feed that stays: docs/protocol.md tells why it does what it does. */

const BACKOFF_MS_FIRST = 500;
const BACKOFF_MS_MAX = 30_000;
/** A server that says nothing for so long is asked whether it is there; and so long it may take to say so. */
const PING_MS = 25_000;
const PONG_MS = 10_000;
/** Of so many events it is known whether they came already. */
const REMEMBERED_MAX = 1000;
const TOKEN_EXPIRED = 4401;

export type WatchedEvent = z.output<typeof eventShape>;

export interface WatchOptions {
  /** Of the server. */
  readonly url: string;
  readonly loanId: string;
  /** A cursor to go on behind; only new events if left out. */
  readonly after: string | undefined;
  readonly token: () => Promise<string>;
  /** Whether `token` gives a new one where the last has expired. */
  readonly renewsToken: boolean;
  readonly onEvent: (event: WatchedEvent, cursor: string) => void;
  /** Told what becomes of the connection, in a line. */
  readonly onState: (line: string) => void;
  /** From 0 up to 1. */
  readonly random: () => number;
}

const problem = z.object({ error: z.string(), message: z.string(), retryable: z.boolean(), retry_after: z.number().optional() });
type Problem = z.output<typeof problem>;

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), cursor: z.string() }),
  z.object({ type: z.literal('event'), cursor: z.string(), event: eventShape }),
  z.object({ type: z.literal('error'), problem }),
]);

/** How a connection ended. */
type End =
  | { readonly kind: 'lost'; readonly code: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Tells each event once, through lost connections and stopped servers. @throws RefusedError, UnreachableError */
export async function watch(options: WatchOptions): Promise<never> {
  const { onState, random } = options;
  const follower = new Follower(options);
  let token: string | undefined;
  let failures = 0;
  for (;;) {
    let wait = 0;
    try {
      const isFresh = token === undefined;
      token ??= await options.token();
      const subscribedBefore = follower.subscribed;
      const end = await follower.follow(token);
      if (follower.subscribed > subscribedBefore) failures = 0;
      wait = judge(end, options.renewsToken && !(isFresh && failures > 0));
      if (isAboutToken(end)) token = undefined;
      if (end.kind === 'lost' && follower.subscribed === 0) throw new UnreachableError(options.url, new Error(end.reason));
    } catch (thrown) {
      // A server that was there comes back; one that never was is a wrong address.
      if (!(thrown instanceof UnreachableError) || follower.subscribed === 0) throw thrown;
    }
    const backoff = random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS_FIRST * 2 ** failures);
    failures += 1;
    const pauseMs = wait * 1000 + backoff;
    onState(`The connection is lost. Trying again in ${(pauseMs / 1000).toFixed(1)} s.`);
    await pause(pauseMs);
  }
}

/** @returns the seconds to wait at least @throws RefusedError where it would be refused again */
function judge(end: End, mayRenew: boolean): number {
  if (isAboutToken(end) && mayRenew) return 0;
  if (end.kind === 'refused' && !end.problem.retryable) throw new RefusedError(end.problem.error, end.problem.message, end.problem);
  if (isAboutToken(end)) throw expired();
  return end.kind === 'refused' ? (end.problem.retry_after ?? 0) : 0;
}

function isAboutToken(end: End): boolean {
  return end.kind === 'lost' ? end.code === TOKEN_EXPIRED : end.problem.error === 'UNAUTHORIZED';
}

function expired(): RefusedError {
  const error = { error: 'UNAUTHORIZED', message: 'The token has expired. Sign in anew.' };
  return new RefusedError(error.error, error.message, error);
}

/** What stays from one connection to the next: the place in the history. */
class Follower {
  /** How often a connection came so far as to be subscribed. */
  subscribed = 0;
  readonly #options: WatchOptions;
  readonly #told = new Set<string>();
  #cursor: string | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  /** @returns once the connection has ended */
  async follow(token: string): Promise<End> {
    const { url, loanId } = this.#options;
    const address = new URL('/feed', url);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    const silence = watchdog(socket);
    try {
      return await new Promise<End>((resolve) => {
        socket.addEventListener('open', () => {
          socket.send(JSON.stringify({ type: 'subscribe', token, loan_id: loanId, ...(this.#cursor && { after: this.#cursor }) }));
        });
        socket.addEventListener('message', ({ data }) => {
          silence.broken();
          const refusal = this.#take(String(data));
          if (refusal) resolve({ kind: 'refused', problem: refusal });
        });
        socket.addEventListener('error', () => resolve({ kind: 'lost', code: 1006, reason: 'no connection' }));
        socket.addEventListener('close', ({ code, reason }) => resolve({ kind: 'lost', code, reason }));
        silence.onGone(() => resolve({ kind: 'lost', code: 1006, reason: 'silence' }));
      });
    } finally {
      silence.end();
      socket.close();
    }
  }

  /** @returns why it is refused, where it is */
  #take(text: string): Problem | undefined {
    const { onEvent, onState, loanId } = this.#options;
    const read = message.safeParse(JSON.parse(text));
    if (!read.success) return undefined; // a kind of message that is not known here
    if (read.data.type === 'error') return read.data.problem;
    this.#cursor = read.data.cursor;
    if (read.data.type === 'subscribed') {
      onState(this.subscribed === 0 ? `Watching loan ${loanId}.` : 'Connected again.');
      this.subscribed += 1;
      return undefined;
    }
    const { event, cursor } = read.data;
    if (this.#told.has(event.event_id)) return undefined;
    this.#told.add(event.event_id);
    const [oldest] = this.#told;
    if (this.#told.size > REMEMBERED_MAX && oldest !== undefined) this.#told.delete(oldest);
    onEvent(event, cursor);
    return undefined;
  }
}

/** Finds out that the other end is gone where nothing tells it. */
function watchdog(socket: WebSocket) {
  let timer: NodeJS.Timeout;
  let gone = (): void => {};
  const ask = (): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
    timer = setTimeout(() => gone(), PONG_MS);
  };
  const broken = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, PING_MS);
  };
  broken();
  return {
    broken,
    onGone(work: () => void): void {
      gone = work;
    },
    end: () => clearTimeout(timer),
  };
}
