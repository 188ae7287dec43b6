import type { HonoRequest } from 'hono';
import type * as z from 'zod';
import { DomainError, type FieldError, invalid, payloadTooLarge, unsupportedMediaType } from '../../domain/errors.ts';
import { validateInput } from '../../execution/validate-input.ts';

export const BODY_BYTES_MAX = 65_536;
/** Deeper than any request needs; it bounds the recursion over a body. */
const NESTING_MAX = 32;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** @throws DomainError `PAYLOAD_TOO_LARGE` for a body that is too large by its header */
export function requireDeclaredSize(request: HonoRequest, bytesMax: number): void {
  if (Number(request.header('Content-Length') ?? 0) > bytesMax) throw payloadTooLarge(bytesMax);
}

/** Reads a body, never holding more than the limit. @throws DomainError for one that is too large or incomplete */
export async function readBody(request: HonoRequest): Promise<Uint8Array> {
  requireDeclaredSize(request, BODY_BYTES_MAX);
  try {
    return request.header('Content-Length') === undefined ? await collect(request) : new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    // A client that hangs up is not an error of the server: it must not raise an alarm.
    throw error instanceof DomainError ? error : incompleteBody();
  }
}

/** What can be checked before the sender is known. @throws DomainError for a body that is too large or no JSON, by its headers */
export function requireJsonHeaders(request: HonoRequest): void {
  requireDeclaredSize(request, BODY_BYTES_MAX);
  requireJson(request);
}

/** Reads a JSON body and validates it by the schema. @param known violations of headers and query @throws DomainError */
export async function readJson<Output>(
  request: HonoRequest,
  schema: z.ZodType<Output>,
  known: readonly FieldError[] = [],
): Promise<Output> {
  requireJsonHeaders(request);
  return validateInput(schema, parseJsonObject(await readBody(request)), { headers: known });
}

async function collect(request: HonoRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // A body that is too large is not cancelled: that would destroy the connection before the response.
  for await (const chunk of request.raw.body?.values({ preventCancel: true }) ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw payloadTooLarge(BODY_BYTES_MAX);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a request has a body, by its headers. A call within the process needs none, and may have one nevertheless. */
export function declaresBody(request: HonoRequest): boolean {
  return request.header('Transfer-Encoding') !== undefined || Number(request.header('Content-Length') ?? 0) > 0;
}

/** @returns the media type without its parameters; a body without one counts as JSON */
export function requireJson(request: HonoRequest): string {
  requireUncompressed(request);
  const mediaType = (request.header('Content-Type') ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPE.test(mediaType)) throw unsupportedMediaType('Send the body as "Content-Type: application/json".');
  return mediaType;
}

export function requireUncompressed(request: HonoRequest): void {
  const encoding = request.header('Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    throw unsupportedMediaType(`Send the body without Content-Encoding; it was ${encoding.slice(0, 40)}.`);
}

/** The connection ended before the body did. */
export function incompleteBody(): DomainError {
  return badRequest('The body did not arrive whole. Please send it again.');
}

/**
 * Parses a body; an empty one counts as an object without members.
 * @param isOptional whether `null` does so too, as what may be left out may be null
 * @throws DomainError for anything but a JSON object
 */
export function parseJsonObject(bytes: Uint8Array, isOptional = false): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const parsed = parse(bytes);
  const value = parsed === null && isOptional ? {} : parsed;
  if (!isObject(value)) throw badRequest(`The body must be one JSON object, and is ${kindOf(value)}.`);
  const violation = jsonViolation(value, NESTING_MAX);
  if (violation !== undefined) throw badRequest(violation);
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw badRequest('The body is not JSON in UTF-8. Check for a missing quote, comma or bracket.');
  }
}

/** A request that is invalid as a whole. */
export function badRequest(message: string): DomainError {
  return invalid([{ path: '', code: 'INVALID', message }]);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Finds what canonical JSON (RFC 8785) can't represent, as idempotency compares requests in that form. */
function jsonViolation(value: unknown, levels: number): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'The body has a number beyond those of JSON.';
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'The body has half a character: a lone surrogate.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `The body is nested more than ${NESTING_MAX} levels deep.`;
  for (const [name, member] of Object.entries(value)) {
    const violation = jsonViolation(name, levels) ?? jsonViolation(member, levels - 1);
    if (violation !== undefined) return violation;
  }
  return undefined;
}
