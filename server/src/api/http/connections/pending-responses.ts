import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Responses that are not finished, by connection: requests may be pipelined. */
export class PendingResponses {
  readonly #bySocket = new WeakMap<Duplex, Set<ServerResponse>>();
  readonly #latest = new WeakMap<Duplex, ServerResponse>();

  add(socket: Duplex, response: ServerResponse): void {
    this.#latest.set(socket, response);
    const pending = this.#bySocket.get(socket) ?? new Set();
    this.#bySocket.set(socket, pending.add(response));
    response.once('close', () => pending.delete(response));
  }

  /** Whether the response to the request that is still arriving has been sent: there must be no second one. */
  isAhead(socket: Duplex): boolean {
    const latest = this.#latest.get(socket);
    return latest?.headersSent === true && !latest.req.complete;
  }

  /** The request whose headers have arrived, and whose body has not. */
  arriving(socket: Duplex): IncomingMessage | undefined {
    const request = this.#latest.get(socket)?.req;
    return request?.complete === false ? request : undefined;
  }

  /** Calls back once all requests that arrived whole have their responses, after which a broken one gets its own. */
  afterWhole(socket: Duplex, callback: () => void): void {
    const last = [...(this.#bySocket.get(socket) ?? [])].findLast(({ req }) => req.complete);
    if (last) last.once('close', callback);
    else callback();
  }
}
