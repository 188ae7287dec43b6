import type { Duplex } from 'node:stream';

const LIMITS = {
  /** Bytes that a client may still send on a connection: four times the largest file. */
  bytesMax: 16 * 1024 * 1024,
  /** How long a client may keep the connection open. */
  totalMs: 10_000,
  /** How long of that without sending. */
  silenceMs: 2000,
  /** Connections of the process that may be closing at a time. For a further one the oldest is destroyed. */
  connectionsMax: 500,
};

/** In the order in which closing began. */
const closing = new Set<Duplex>();

/**
 * Ends our side of a connection, and discards what still arrives until the client closes its side, within limits.
 * Closing a connection with unread bytes resets it, and the client loses the last response (RFC 9112, section 9.6).
 * A second call destroys the connection.
 */
export function closeLingering(socket: Duplex, limits: Partial<typeof LIMITS> = {}): void {
  if (closing.has(socket)) return void socket.destroy();
  if (socket.destroyed) return;
  const { bytesMax, totalMs, silenceMs, connectionsMax } = { ...LIMITS, ...limits };
  const [oldest] = closing;
  if (oldest && closing.size >= connectionsMax) {
    closing.delete(oldest); // at once: its event `close` comes later
    oldest.destroy();
  }
  closing.add(socket);
  const destroy = () => void socket.destroy();
  const deadline = setTimeout(destroy, totalMs).unref();
  const silence = setTimeout(destroy, silenceMs).unref();
  let bytes = 0;
  const discard = (chunk: Uint8Array) => {
    bytes += chunk.length;
    silence.refresh();
    if (bytes > bytesMax) destroy();
  };
  socket.once('close', () => {
    clearTimeout(deadline);
    clearTimeout(silence);
    closing.delete(socket);
  });
  socket.on('error', destroy); // the client hung up
  socket.end();
  socket.resume();
  // Takes the connection from the HTTP parser, only once it flows: the parser would not resume one that it has paused.
  setImmediate(() => socket.removeAllListeners('data').on('data', discard));
}

/** Whether a connection is being closed by `closeLingering`. */
export function isLingering(socket: Duplex): boolean {
  return closing.has(socket);
}
