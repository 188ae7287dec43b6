import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeLingering, isLingering } from './lingering-close.ts';

/** The largest declared body whose rest is discarded to keep the connection. Only imports take larger ones. */
const DISCARDED_BYTES_MAX = 65_536;
/** Less than the timeout of a whole request, after which Node would write a second response. */
const DISCARD_MS = 5000;

/** Whether the rest of a request may be so large that its connection has to be closed after the response. */
export function hasLargeRest({ complete, headers }: Pick<IncomingMessage, 'complete' | 'headers'>): boolean {
  return !complete && !(Number(headers['content-length']) <= DISCARDED_BYTES_MAX);
}

/** Discards the rest of a request's body after its response, so that neither that nor the next request is lost. */
export function discardUnreadBody(request: IncomingMessage, response: ServerResponse, discardMs = DISCARD_MS): void {
  const { socket } = request;
  socket.destroySoon = () => closeLingering(socket); // Node calls it to close the connection after a response
  // Before Node's own listener, which waits for the next request.
  response.prependOnceListener('finish', () => {
    if (request.readableEnded) return;
    const overdue = setTimeout(() => isLingering(socket) || socket.destroy(), discardMs);
    for (const event of ['end', 'close']) request.once(event, () => clearTimeout(overdue));
    request.removeAllListeners('data'); // a reader that has stopped would pause the request again
    request.resume();
  });
}
