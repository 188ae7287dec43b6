import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'hono';
import { parseAccept } from '../accept.ts';

/*
 * Only documents that are the same for everyone are compressed. Where a compressed response has a secret beside text of the
 * request, its length reveals the secret (BREACH).
 */

type Encoding = 'br' | 'gzip' | 'identity';

type Bytes = Uint8Array<ArrayBuffer>;

/** A text for everyone, in each encoding that is served. */
export interface PublicDocument {
  readonly type: string;
  readonly hash: string;
  body(encoding: Encoding): Promise<Bytes>;
}

/** A tenth longer than with 6, in half the time: anyone can have the page compressed for further addresses. */
const BROTLI_QUALITY = 4;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Compresses a text once for each encoding, on first use. It takes some milliseconds, so keep the document. */
export function publicDocument(text: string, type: string): PublicDocument {
  const identity = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: identity.length };
  const hash = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  const bodies = new Map<Encoding, Promise<Bytes>>([['identity', Promise.resolve(identity)]]);
  return {
    type,
    hash,
    body(encoding) {
      const body = bodies.get(encoding) ?? (encoding === 'br' ? toBrotli(identity, { params }) : toGzip(identity));
      bodies.set(encoding, body);
      return body;
    },
  };
}

/** Responds with a document in the smallest encoding that the client accepts, or with 304 if the client has it. */
export async function documentResponse(context: Context, document: PublicDocument, cacheControl: string): Promise<Response> {
  const { hash } = document;
  const encoding = preferredEncoding(context.req.header('Accept-Encoding'));
  const tag = `"${hash}-${encoding}"`; // each encoding is another representation (RFC 9110, section 8.8.3.3)
  context.header('ETag', tag);
  context.header('Cache-Control', cacheControl);
  if (!hasTag(context.req.header('If-None-Match'), tag)) return encodedDocument(context, document, 200);
  context.header('Vary', 'Accept-Encoding', { append: true });
  return context.body(null, 304);
}

/** Responds with a document in the smallest encoding that the client accepts, also where it has it: as the text of an error. */
export async function encodedDocument(context: Context, document: PublicDocument, status: 200 | 404): Promise<Response> {
  const encoding = preferredEncoding(context.req.header('Accept-Encoding'));
  context.header('Vary', 'Accept-Encoding', { append: true });
  const body = await document.body(encoding);
  if (encoding !== 'identity') context.header('Content-Encoding', encoding);
  return context.body(body, status, { 'Content-Type': document.type, 'Content-Length': String(body.length) });
}

/** Brotli is the smallest. Without the header the text is not compressed, though any encoding would be allowed. */
function preferredEncoding(acceptEncoding: string | undefined): Encoding {
  const weights = parseAccept(acceptEncoding);
  const accepts = (encoding: Encoding) => (weights.get(encoding) ?? weights.get('*') ?? 0) > 0;
  if (accepts('br')) return 'br';
  return accepts('gzip') ? 'gzip' : 'identity';
}

/** Weak comparison: a proxy that compresses makes a tag weak. */
function hasTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((item) => item.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(tag) || tags.includes('*');
}
