import { foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode, { type MimeNodeHeaderValue } from 'nodemailer/lib/mime-node';
import { type Message, needsSmtpUtf8 } from '../message.ts';
import { FLOWED_TYPE, toFlowed } from './format-flowed.ts';
import { toQuotedPrintable } from './quoted-printable.ts';

/** Has a sequence that quoted-printable never has (RFC 2045, section 6.7), so no content can have it in it. */
const BOUNDARY = '=_alternatives';
const LINE = /[^\n]*\n|[^\n]+$/g;
const HTML_TYPE = 'text/html; charset=utf-8';

/**
 * Encodes a message by RFC 5322. The same message always gives the same bytes. Nodemailer encodes headers and text; its composer,
 * which makes a chain of streams for each mail, takes eight times as long.
 */
export function mimeOf({ messageId, from, to, at, subject, text, html, headers }: Message): Buffer {
  const node = new MimeNode(false, { baseBoundary: BOUNDARY }); // else it makes a random one
  const header = (name: string, value: MimeNodeHeaderValue) => foldLines(`${name}: ${node.encodeHeaderValue(name, value)}`);
  const lines = [
    ...Object.entries(headers).map(([name, value]) => header(name, value)),
    header('From', { name: from.name ?? '', address: from.address }),
    header('To', { name: '', address: to }),
    header('Subject', subject),
    header('Message-ID', messageId),
    header('Date', new Date(at)),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`,
    '',
    ...part(FLOWED_TYPE, toFlowed(text).match(LINE) ?? []),
    ...part(HTML_TYPE, html),
    `--${BOUNDARY}--`,
    '',
  ];
  // Anything else is ASCII: Latin-1 is copied, UTF-8 would be encoded character by character.
  const isUtf8 = needsSmtpUtf8(from.address) || needsSmtpUtf8(to);
  return Buffer.from(lines.join('\r\n'), isUtf8 ? 'utf8' : 'latin1');
}

function part(type: string, content: readonly string[]): string[] {
  return [`--${BOUNDARY}`, `Content-Type: ${type}`, 'Content-Transfer-Encoding: quoted-printable', '', toQuotedPrintable(content)];
}
