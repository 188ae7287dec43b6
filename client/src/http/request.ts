import {
  encodeId,
  encodeIdempotencyKey,
  kindOf,
  requireCount,
  requireDuration,
  requireKnownOptions,
  requireObject,
  requirePageLimit,
  requireRequestId,
  requireSignal,
  toExtraHeaders,
} from '../arguments.ts';
import { type ChangeOptions, OPTIONS_OF_CALLS, type Settings } from '../options.ts';

/** Of requests with a session's cookie: a page of another site can't send it. */
export const SESSION_HEADER = 'X-Lending-Console';

/** A file's content. Not a stream: that could not be sent again. */
export type Content = string | Uint8Array | Blob;

export interface RequestSpec<T> {
  readonly operation: string;
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST';
  /** With the names of ids in braces: `loans/{loanId}`. */
  readonly path: string;
  /** Not yet encoded. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, boolean | number | string | null | undefined>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it is, instead of `body`. */
  readonly content?: { readonly type: string; readonly data: Content };
  /** Media type of the response. Default JSON. */
  readonly accept?: string;
  /** Parses a successful response's text, and throws if it is something else. */
  readonly parse: (text: string) => T;
}

/** Shared by all attempts of a call: they send the same bytes, idempotency key and request id. */
export interface PreparedRequest<T> {
  readonly spec: RequestSpec<T>;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: RequestInit['body'];
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly maxAttempts: number;
}

/** Parses a response of the API, which is always an object. @throws SyntaxError */
export function parseJsonObject<T>(text: string): T {
  const body = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new SyntaxError('The JSON is not an object.');
  return body;
}

const JSON_TYPE = 'application/json';

/** @throws TypeError or RangeError for invalid options or ids */
export function prepareRequest<T>(spec: RequestSpec<T>, options: ChangeOptions, settings: Settings): PreparedRequest<T> {
  requireObject('options', options);
  requireKnownOptions(options, OPTIONS_OF_CALLS);
  requireSignal(options.signal);
  const { deadlineMs = settings.deadlineMs, maxAttempts = settings.maxAttempts, requestId = settings.newId() } = options;
  requireDuration('deadlineMs', deadlineMs);
  requireCount('maxAttempts', maxAttempts);
  requireRequestId(requestId);
  const headers = toExtraHeaders(options.headers);
  headers.set('Accept', spec.accept ?? `${JSON_TYPE}, application/problem+json`);
  headers.set('X-Request-Id', requestId);
  // Also with retries off: fetch may resend a request by itself, and so may the caller.
  if (spec.method !== 'GET') headers.set('Idempotency-Key', encodeIdempotencyKey(options.idempotencyKey ?? settings.newId()));
  const type = spec.content?.type ?? (spec.body && JSON_TYPE);
  if (type !== undefined) headers.set('Content-Type', type);
  return { spec, url: toUrl(spec, settings.url), headers, body: encodeBody(spec), requestId, deadlineMs, maxAttempts };
}

/** Copies what is mutable: a change by the caller must not reach later attempts. */
function encodeBody(spec: RequestSpec<unknown>): PreparedRequest<unknown>['body'] {
  if ('body' in spec) return encodeJson(spec.body);
  const data = spec.content?.data;
  if (data instanceof Uint8Array) return Uint8Array.from(data);
  if (!spec.content || typeof data === 'string' || data instanceof Blob) return data;
  throw new TypeError(`csv must be a string, a Uint8Array or a Blob, not ${kindOf(data)}.`);
}

function encodeJson(body: unknown): string {
  requireObject('body', body);
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new TypeError(`body can not be written as JSON: ${cause}`, { cause });
  }
}

export function toUrl({ path, ids = {}, query = {} }: Pick<RequestSpec<unknown>, 'ids' | 'path' | 'query'>, base: URL): URL {
  const encoded = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeId(name, ids[name]));
  const url = new URL(encoded, base);
  requireObject('query', query);
  requirePageLimit(query['limit']);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  return url;
}
