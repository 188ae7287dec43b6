import { encode, wrap } from 'nodemailer/lib/qp';

/** RFC 2045, section 6.7. */
const LINE_LENGTH_MAX = 76;
/** Some 200 kB. */
const CACHED_LINES_MAX = 1000;

/** Encoded lines. Most lines of a mail are in the mails before it too. */
const cache = new Map<string, string>();

/** Encodes a text by RFC 2045, with CRLF at the end of each line. */
export function toQuotedPrintable(text: string): string {
  return (text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text).split('\n').map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  const cached = cache.get(line);
  if (cached !== undefined) return cached;
  const encoded = wrap(encode(line), LINE_LENGTH_MAX);
  if (cache.size >= CACHED_LINES_MAX) cache.clear();
  cache.set(line, encoded);
  return encoded;
}
