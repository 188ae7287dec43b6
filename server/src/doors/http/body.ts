import type { HonoRequest } from 'hono';
import { invalid, payloadTooLarge, unsupportedMediaType } from '../../domain/errors.ts';

export const BODY_BYTES_MAX = 65_536;
/** Deeper than any request of ours; it bounds what walks a body. */
const NESTING_MAX = 32;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** Takes in a body without ever holding more than the limit. */
export async function readBody(request: HonoRequest): Promise<Uint8Array> {
  const declared = request.header('Content-Length');
  if (declared !== undefined) {
    if (Number(declared) > BODY_BYTES_MAX) throw payloadTooLarge(BODY_BYTES_MAX);
    return new Uint8Array(await request.arrayBuffer());
  }
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
  const encoding = request.header('Content-Encoding') ?? 'identity';
  if (encoding !== 'identity') throw unsupportedMediaType(`Send the body without Content-Encoding; it was ${encoding}.`);
  const mediaType = (request.header('Content-Type') ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPE.test(mediaType)) throw unsupportedMediaType('Send the body as "Content-Type: application/json".');
  return mediaType;
}

/** Reads a body's text; an empty one counts as an object without members. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const value = parse(bytes);
  if (!isObject(value)) throw unreadable('The body must be a JSON object, such as {"lenders": [...]}.');
  if (isDeeper(value, NESTING_MAX)) throw unreadable(`The body is nested more than ${NESTING_MAX} levels deep.`);
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

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}
