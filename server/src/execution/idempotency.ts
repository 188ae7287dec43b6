import { hash } from 'node:crypto';
import { type FieldError, keyReused } from '../domain/errors.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { Caller } from '../domain/identity.ts';
import { recordKey } from '../storage/keys.ts';
import type { Key } from '../storage/store.ts';
import { JsonBody } from './json-body.ts';
import type { Decision } from './optimistic-commit.ts';
import type { CommandResult, UseCaseContext, UseCaseResult } from './use-case.ts';
import type { View } from './view.ts';

const LENGTH_MAX = 255;
const UNQUOTED = /^[!-~]+$/;
/** A string of structured fields (RFC 9651): visible ASCII and spaces, with \" and \\ escaped. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/** What a fingerprint is made of. */
export interface FingerprintInput {
  /** Path parameters and, for a query, the query string's. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly query: string;
  /** Type and subtype only, in lower case. */
  readonly mediaType: string;
  /** The body as sent: parsed, not validated. */
  readonly body: unknown;
}

/** The headers that may carry a key. */
export interface IdempotencyKeyHeaders {
  readonly 'Idempotency-Key': string | undefined;
  readonly 'X-Idempotency-Key': string | undefined;
}

/** @returns the key without its quotes, or its violation; undefined where none was sent */
export function parseIdempotencyKey(sent: IdempotencyKeyHeaders): string | FieldError | undefined {
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
  if (!text.startsWith('"')) return UNQUOTED.test(text) ? text : undefined;
  return QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
}

function malformed(path: string): FieldError {
  const message = `${path} must be sent once, with 1 to ${LENGTH_MAX} visible ASCII characters (spaces only inside double quotes).`;
  return { path, code: 'INVALID', message };
}

/** A key's record is kept per user, use case and loan. */
export function idempotencyRecordKey(caller: Caller, endpoint: string, loanId: string, key: string): Key<IdempotencyRecord> {
  return recordKey(digest([caller.userId, endpoint, loanId, key]));
}

/** SHA-256 over the request, with its JSON in canonical form (RFC 8785): white space and member order don't matter. */
export function fingerprint({ parameters, query, mediaType, body }: FingerprintInput): string {
  return digest([canonicalJson(parameters), query, mediaType, canonicalJson(body)]);
}

/** As RFC 8785 writes it, except for members whose names are whole numbers: these come first. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A copy whose members are sorted by name. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

export interface Idempotency {
  readonly recordKey: Key<IdempotencyRecord>;
  /** Distinguishes a repeat from another request under the same key. */
  readonly fingerprint: string;
}

/** The first response to the key. @returns undefined for a new key @throws DomainError where another request has used it */
export function replay(
  { recordKey, fingerprint }: Idempotency,
  view: View,
  { now, rules }: UseCaseContext<unknown>,
): Decision<CommandResult> | undefined {
  const record = view.at(recordKey)?.data;
  if (!record || !isUnexpired(record, now, rules.idempotencyMs)) return undefined;
  if (record.fingerprint !== fingerprint) throw keyReused();
  const { status, body, location } = record.response;
  return {
    result: { status, body: JsonBody.fromText(body), location, replayedRequestId: record.requestId },
    writes: [],
    readSet: [recordKey], // what `authorize` depends on never changes: whose loan or invitation it is
  };
}

export function createRecord(
  { recordKey, fingerprint }: Idempotency,
  { status, body, location }: UseCaseResult,
  { now, request }: UseCaseContext<unknown>,
): { readonly key: Key<IdempotencyRecord>; readonly data: IdempotencyRecord } {
  const response = { status, body: body.text, location };
  return { key: recordKey, data: { fingerprint, response, requestId: request.requestId, at: now } };
}

/**
 * Judged by the record's own timestamp: the database may take days to delete it.
 * @internal exported for tests
 */
export function isUnexpired(record: IdempotencyRecord, now: number, idempotencyMs: number): boolean {
  return now < record.at + idempotencyMs;
}

function digest(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
