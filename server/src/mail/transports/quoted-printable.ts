import { encode, wrap } from 'nodemailer/lib/qp';

/** RFC 2045, section 6.7, without the `=` of a soft line break. */
const LINE_LENGTH_MAX = 75;
const SOFT_BREAK = '=\r\n';
/** Some 200 kB. */
const CACHED_MAX = 1000;

/** Encoded pieces. Most pieces of a mail are in the mails before it too. */
const cache = new Map<string, string>();

/**
 * Encodes a text of pieces by RFC 2045, with CRLF at the end of each line. Pieces are encoded once, so divide texts at what differs,
 * and never within a CRLF.
 */
export function toQuotedPrintable(pieces: readonly string[]): string {
  const encoded = pieces.map(encodePiece);
  return encoded
    .map((piece, index) => (piece.endsWith('\n') || index === encoded.length - 1 ? piece : piece + SOFT_BREAK))
    .join('');
}

function encodePiece(piece: string): string {
  const cached = cache.get(piece);
  if (cached !== undefined) return cached;
  const lines = piece.split(/\r\n|\r|\n/);
  const encoded = lines.map((line) => wrap(encode(line), LINE_LENGTH_MAX)).join('\r\n');
  if (cache.size >= CACHED_MAX) cache.clear();
  cache.set(piece, encoded);
  return encoded;
}
