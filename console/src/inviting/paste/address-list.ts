import type { PastedRow } from './paste.ts';

/** A word that may be an address. `<` and quotes end it, as in `"Ann" <ann@example.com>`. */
const WORD = /[^\s,;:<>()[\]"]+/g;
const HAS_AT = /.@./;

export function countAddresses(text: string): number {
  return text.includes('@') ? (text.match(WORD) ?? []).filter((word) => HAS_AT.test(word)).length : 0;
}

/** What is written around an address, such as its name or amount. */
interface AddressInText {
  readonly email: string;
  readonly around: string;
}

/** @param text with one address, such as `Ann Berg <ann@example.com>` or `mailto:ann@example.com` */
export function takeAddress(text: string): AddressInText {
  const email = text.match(WORD)?.find((word) => HAS_AT.test(word)) ?? '';
  const [before = '', after = ''] = [text.slice(0, text.indexOf(email)), text.slice(text.indexOf(email) + email.length)];
  const around = `${before.replace(/mailto:$/i, '')} ${after}`.replace(/<\s*>|\(\s*\)|\[\s*\]/, ' ').trim();
  return { email, around: withoutQuotes(around) };
}

/**
 * Reads a list of addresses on one line, as mail programs write it: `Ann Berg <ann@example.com>, ben@example.com`. Names are before
 * their address, unless the line begins with an address; amounts are behind it.
 * @param isAmount whether a text is an amount
 */
export function parseAddressList(line: string, isAmount: (text: string) => boolean): PastedRow[] {
  const parts = partsOf(line);
  const namesFollow = countAddresses(parts[0] ?? '') === 1 && takeAddress(parts[0] ?? '').around === '';
  const rows: PastedRow[] = [];
  /** Text before an address that has not been reached. */
  let pending: string[] = [];
  for (const part of parts) {
    const last = rows.at(-1);
    if (countAddresses(part) > 0) {
      const { email, around } = takeAddress(part);
      const name = [...pending, around].filter((text) => text !== '').join(', ');
      rows.push(isAmount(name) ? { email, amount: name } : { email, name });
      pending = [];
    } else if (last && !last.amount && pending.length === 0 && isAmount(part)) rows[rows.length - 1] = { ...last, amount: part };
    else if (last && !last.name && namesFollow) rows[rows.length - 1] = { ...last, name: withoutQuotes(part) };
    else pending.push(withoutQuotes(part));
  }
  if (pending.length > 0) rows.push({ name: pending.join(', ') });
  return rows;
}

/** Splits at semicolons, else commas, outside quotes and angle brackets; a part with several addresses also at spaces. */
function partsOf(line: string): string[] {
  const delimiter = splitOutside(line, ';').length > 1 ? ';' : ',';
  return splitOutside(line, delimiter)
    .flatMap((part) => (countAddresses(part) > 1 ? splitAtSpaces(part, delimiter) : [part.trim()]))
    .filter((part) => part !== '');
}

/** `Ann Berg <ann@example.com> ben@example.com`: words before an address in angle brackets are its name. */
function splitAtSpaces(part: string, delimiter: ';' | ','): string[] {
  if (delimiter === ';' && splitOutside(part, ',').length > 1)
    return splitOutside(part, ',').flatMap((each) => (countAddresses(each) > 1 ? splitAtSpaces(each, ',') : [each.trim()]));
  const parts: string[] = [];
  let words: string[] = [];
  const flush = () => {
    if (words.length > 0) parts.push(words.join(' '));
    words = [];
  };
  for (const word of part.trim().split(/\s+/)) {
    const addresses = countAddresses(word);
    if (addresses > 0 && !word.startsWith('<')) flush();
    words.push(word);
    if (addresses > 0) flush();
  }
  flush();
  return parts;
}

function splitOutside(text: string, delimiter: ';' | ','): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { 0: match, index } of text.matchAll(/"[^"]*"|<[^<>]*>|[;,]/g)) {
    if (match !== delimiter) continue;
    parts.push(text.slice(start, index));
    start = index + 1;
  }
  return [...parts, text.slice(start)];
}

/** Without the quotes around the whole text. */
function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const [, inside = trimmed] = /^"(.*)"$/s.exec(trimmed) ?? /^'([^']*)'$/s.exec(trimmed) ?? [];
  return inside.replaceAll('""', '"').trim();
}
