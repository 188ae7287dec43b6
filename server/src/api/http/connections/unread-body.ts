import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeLingering, isLingering } from './lingering-close.ts';

/** The largest body, by its header, whose rest is discarded to keep the connection: that of all calls without a file. */
const DISCARDED_BYTES_MAX = 65_536;
/** Less than the time for a whole request, after which it would be answered again. */
const DISCARD_MS = 5000;

/** Whether so much of a request may still arrive after its response that the connection has to be closed. */
export function hasLargeRest({ complete, headers }: Pick<IncomingMessage, 'complete' | 'headers'>): boolean {
  return !complete && !(Number(headers['content-length']) <= DISCARDED_BYTES_MAX);
}

/** Discards the rest of a request's body after its response, so that neither that nor the next request is lost. */
export function discardUnreadBody(request: IncomingMessage, response: ServerResponse, discardMs = DISCARD_MS): void {
  const { socket } = request;
  socket.destroySoon = () => closeLingering(socket); // Node's way to close a connection after a response
  // Before Node's own listener, which waits for the next request.
  response.prependOnceListener('finish', () => {
    if (request.readableEnded) return;
    const overdue = setTimeout(() => isLingering(socket) || socket.destroy(), discardMs);
    for (const event of ['end', 'close']) request.once(event, () => clearTimeout(overdue));
    request.removeAllListeners('data'); // of a reader that wants no more, and would pause it
    request.resume();
  });
}
