import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { FieldError } from '../domain/errors.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { Caller } from '../domain/identity.ts';
import { recordKey } from '../storage/keys.ts';
import type { Key } from '../storage/store.ts';

const LENGTH_MAX = 255;
const BARE = /^[!-~]+$/;
/** A string of structured fields (RFC 9651): visible ASCII and spaces, with \" and \\ escaped. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/** What tells one request from another under the same key. */
export interface RequestPrint {
  /** What the path names and, for a query, the query string. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly query: string;
  /** Type and subtype only, in lower case. */
  readonly mediaType: string;
  /** The body as sent, parsed but not yet read. */
  readonly body: unknown;
}

/** The key of a request, where it has one, by the names of the headers that may bear it. */
export interface KeysSent {
  readonly 'Idempotency-Key': string | undefined;
  readonly 'X-Idempotency-Key': string | undefined;
}

/** @returns the key without its quotes, or what is wrong with it; undefined where none was sent */
export function readKey(sent: KeysSent): string | FieldError | undefined {
  const keys = new Set<string>();
  for (const [path, text] of Object.entries(sent)) {
    if (text === undefined) continue;
    const key = unquoted(text);
    if (key === undefined || key.length < 1 || key.length > LENGTH_MAX) return malformed(path);
    keys.add(key);
  }
  const [key, other] = keys;
  return other === undefined
    ? key
    : { path: 'Idempotency-Key', code: 'INVALID', message: 'Idempotency-Key and X-Idempotency-Key differ. Send one of them.' };
}

function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return BARE.test(text) ? text : undefined;
  return QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
}

function malformed(path: string): FieldError {
  const message = `${path} must be sent once, with 1 to ${LENGTH_MAX} visible ASCII characters (spaces only inside double quotes).`;
  return { path, code: 'INVALID', message };
}

/** Where the record of a key stands: its own place for each user, use case and loan. */
export function recordKeyOf(caller: Caller, endpoint: string, loanId: string, key: string): Key<IdempotencyRecord> {
  return recordKey(digest([caller.userId, endpoint, loanId, key]));
}

/** The same for the same request however its JSON is spaced and ordered (RFC 8785), other for any other. */
export function fingerprint({ parameters, query, mediaType, body }: RequestPrint): string {
  return digest([canonicalize(parameters) ?? '', query, mediaType, canonicalize(body) ?? '']);
}

/** Expiry goes by the record's own time: the database may take days to drop it. */
export function isAlive(record: IdempotencyRecord, now: number, idempotencyMs: number): boolean {
  return now < record.at + idempotencyMs;
}

function digest(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
