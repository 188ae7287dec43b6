import type { Duplex } from 'node:stream';

/** Bytes that a client may still send on a connection that is being closed: four times the largest file. */
const BYTES_MAX = 16 * 1024 * 1024;
/** How long it may keep the connection open, and how long without sending. */
const TOTAL_MS = 10_000;
const SILENCE_MS = 2000;
/** Connections of the process that may be closing at a time. For a further one the oldest is destroyed. */
const CONNECTIONS_MAX = 500;

interface LingerLimits {
  readonly bytesMax: number;
  readonly totalMs: number;
  readonly silenceMs: number;
  readonly connectionsMax: number;
}

const LIMITS: LingerLimits = { bytesMax: BYTES_MAX, totalMs: TOTAL_MS, silenceMs: SILENCE_MS, connectionsMax: CONNECTIONS_MAX };

/** In the order in which closing began. */
const closing = new Set<Duplex>();

/**
 * Ends our side of a connection, and discards what still arrives until the client closes its side, within limits.
 * Closing a connection with unread bytes resets it, and the client loses the last response (RFC 9112, section 9.6).
 * A second call destroys the connection.
 */
export function closeLingering(socket: Duplex, limits: Partial<LingerLimits> = {}): void {
  if (closing.has(socket)) return void socket.destroy();
  if (socket.destroyed) return;
  const { bytesMax, totalMs, silenceMs, connectionsMax } = { ...LIMITS, ...limits };
  const [oldest] = closing;
  if (closing.size >= connectionsMax) oldest?.destroy();
  closing.add(socket);
  const destroy = () => void socket.destroy();
  const timers = [setTimeout(destroy, totalMs), setTimeout(destroy, silenceMs)];
  for (const timer of timers) timer.unref();
  let bytes = 0;
  const discard = (chunk: Uint8Array) => {
    bytes += chunk.length;
    timers[1]?.refresh();
    if (bytes > bytesMax) destroy();
  };
  socket.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
    closing.delete(socket);
  });
  socket.on('error', destroy); // the client hung up
  socket.end();
  socket.resume();
  // Only once it flows: a connection that the parser has paused would not resume without the parser.
  setImmediate(() => {
    socket.on('data', discard); // first, as this takes the connection from the parser
    for (const listener of socket.listeners('data')) if (listener !== discard) socket.off('data', Object(listener));
  });
}

/** Whether a connection is being closed by `closeLingering`. */
export function isLingering(socket: Duplex): boolean {
  return closing.has(socket);
}
