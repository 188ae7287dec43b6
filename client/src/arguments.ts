import { TIMER_MS_MAX } from './clock.ts';

/** What `new Headers` takes. */
export type HeaderValues = Headers | [string, string][] | Record<string, string>;

/* Checks of arguments, for callers without a type checker. Messages name the argument, and never quote keys or tokens. */

const KEY_LENGTH_MAX = 255;
/** The API's own limit of a page. */
const PAGE_LIMIT_MAX = 100;

/** Headers that the client sets, each with what sets it instead. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  authorization: "the client's token option",
  'idempotency-key': 'the idempotencyKey option',
  'x-idempotency-key': 'the idempotencyKey option',
  'x-request-id': 'the requestId option',
  'x-lending-console': "the client's session option",
  accept: 'the method',
  'content-type': 'the method',
  'content-length': 'the method',
};

/** Encodes a path segment. An empty or dotted one would change the path, however it is encoded. */
export function encodeId(name: string, id: unknown): string {
  if (typeof id === 'string' && !/^\.{0,2}$|\p{Surrogate}/u.test(id)) return encodeURIComponent(id);
  throw new TypeError(`${name} must be an id, not ${typeof id === 'string' ? JSON.stringify(id) : kindOf(id)}.`);
}

export function requireObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new TypeError(`${name} must be an object, not ${kindOf(value)}.`);
}

/** @throws TypeError for an option that does not exist, as a mistyped `idempotencyKey` would repeat a change */
export function requireKnownOptions(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`options.${unknown} does not exist. The options are ${known.join(', ')}.`);
}

/** @throws RangeError for a limit that the API rejects */
export function requirePageLimit(limit: unknown): void {
  if (limit === undefined || limit === null) return;
  if (Number.isInteger(Number(limit)) && Number(limit) >= 1 && Number(limit) <= PAGE_LIMIT_MAX) return;
  throw new RangeError(`limit must be a whole number from 1 to ${PAGE_LIMIT_MAX}, not ${String(limit)}.`);
}

/** @throws RangeError for a duration that timers do not support */
export function requireDuration(name: string, ms: number): void {
  if (ms > 0 && ms <= TIMER_MS_MAX) return;
  throw new RangeError(`${name} must be above 0 and at most ${TIMER_MS_MAX} milliseconds, not ${ms}.`);
}

export function requireCount(name: string, count: number): void {
  if (Number.isInteger(count) && count > 0) return;
  throw new RangeError(`${name} must be a whole number above 0, not ${count}.`);
}

export function requireRequestId(requestId: unknown): void {
  if (typeof requestId === 'string' && /^[\w.-]{1,128}$/.test(requestId)) return;
  throw new TypeError('requestId must be 1 to 128 characters of A-Z a-z 0-9 . _ -');
}

/** @returns the value of `Idempotency-Key`: a key with spaces is quoted, as a string of structured fields (RFC 9651) */
export function encodeIdempotencyKey(key: unknown): string {
  if (typeof key !== 'string') throw new TypeError(`idempotencyKey must be a string, not ${kindOf(key)}.`);
  const position = key.search(/[^ -~]/);
  const problem = position < 0 ? `it has ${key.length}` : `character ${position + 1} is not one`;
  if (position >= 0 || key.length < 1 || key.length > KEY_LENGTH_MAX) {
    throw new TypeError(`idempotencyKey must be 1 to ${KEY_LENGTH_MAX} visible ASCII characters or spaces; ${problem}.`);
  }
  return /^"| /.test(key) ? `"${key.replace(/["\\]/g, '\\$&')}"` : key;
}

export function requireSignal(signal: unknown): void {
  if (signal === undefined) return;
  // By its members: under Jest, signals are of another realm, so that `instanceof` fails.
  if (typeof signal === 'object' && signal !== null && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new TypeError(`signal must be an AbortSignal, not ${kindOf(signal)}.`);
}

/** @returns the caller's headers. @throws TypeError for one that the client sets */
export function toExtraHeaders(init: HeaderValues | undefined): Headers {
  const headers = parseHeaders(init);
  for (const name of headers.keys()) {
    const source = OWN_HEADERS[name];
    if (source !== undefined) throw new TypeError(`headers must not contain ${name}, which ${source} sets.`);
  }
  return headers;
}

/** `Headers` would quote an invalid value in its error. */
function parseHeaders(init: HeaderValues | undefined): Headers {
  try {
    return new Headers(init);
  } catch {
    throw new TypeError('headers must be names with values of visible characters, as for fetch.');
  }
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = Array.isArray(value) ? 'array' : (value.constructor?.name ?? 'object');
  return `${/^[AEIOUaeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
