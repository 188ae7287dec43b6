import type { HonoRequest } from 'hono';
import { DomainError, invalid, payloadTooLarge, unsupportedMediaType } from '../../domain/errors.ts';

export const BODY_BYTES_MAX = 65_536;
/** Deeper than any request of ours; it bounds what walks a body. */
const NESTING_MAX = 32;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** Takes in a body without ever holding more than the limit. */
export async function readBody(request: HonoRequest): Promise<Uint8Array> {
  const declared = request.header('Content-Length');
  if (Number(declared ?? 0) > BODY_BYTES_MAX) throw payloadTooLarge(BODY_BYTES_MAX);
  try {
    return declared === undefined ? await collect(request) : new Uint8Array(await request.arrayBuffer());
  } catch (fault) {
    // A client that hangs up or is cut off is no fault of ours, and nobody is to be woken for it.
    throw fault instanceof DomainError ? fault : bodyIncomplete();
  }
}

async function collect(request: HonoRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw payloadTooLarge(BODY_BYTES_MAX);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The type of a body without its parameters; JSON where none is named. */
export function requireJson(request: HonoRequest): string {
  requireIdentity(request);
  const mediaType = (request.header('Content-Type') ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPE.test(mediaType)) throw unsupportedMediaType('Send the body as "Content-Type: application/json".');
  return mediaType;
}

export function requireIdentity(request: HonoRequest): void {
  const encoding = request.header('Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    throw unsupportedMediaType(`Send the body without Content-Encoding; it was ${encoding}.`);
}

/** What became of a body whose sender went away, or was cut off. */
export function bodyIncomplete(): DomainError {
  return unreadable('The body did not arrive whole. Please send it again.');
}

/** Reads a body's text; an empty one counts as an object without members. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const value = parse(bytes);
  if (!isObject(value)) throw unreadable('The body must be a JSON object, such as {"lenders": [...]}.');
  const flaw = jsonProblem(value, NESTING_MAX);
  if (flaw !== undefined) throw unreadable(flaw);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw unreadable('The body is not JSON in UTF-8. Check for a missing quote, comma or bracket.');
  }
}

function unreadable(message: string) {
  return invalid([{ path: '', code: 'INVALID', message }]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What canonical JSON (RFC 8785) can't write down could not be told from its repeat. */
function jsonProblem(value: unknown, levels: number): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'The body has a number beyond those of JSON.';
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'The body has half a character: a lone surrogate.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `The body is nested more than ${NESTING_MAX} levels deep.`;
  for (const [name, member] of Object.entries(value)) {
    const flaw = jsonProblem(name, levels) ?? jsonProblem(member, levels - 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}
