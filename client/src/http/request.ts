import { type ChangeOptions, requireCount, requireDuration, type Settings } from '../options.ts';

/** A file's content. Not a stream: that could not be sent again. */
export type Content = string | Uint8Array<ArrayBuffer> | Blob;

export interface RequestSpec<T> {
  readonly operation: string;
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST';
  /** Segments, not yet encoded: `['loans', loanId]`. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, boolean | number | string | undefined>>;
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
  readonly body: Content | undefined;
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
  const { deadlineMs = settings.deadlineMs, maxAttempts = settings.maxAttempts, requestId = settings.newId() } = options;
  requireDuration('deadlineMs', deadlineMs);
  requireCount('maxAttempts', maxAttempts);
  const headers = new Headers({
    Accept: spec.accept ?? `${JSON_TYPE}, application/problem+json`,
    'X-Request-Id': requestId,
  });
  // Also with retries off: fetch may resend a request by itself, and so may the caller.
  if (spec.method !== 'GET') headers.set('Idempotency-Key', options.idempotencyKey ?? settings.newId());
  const type = spec.content?.type ?? (spec.body && JSON_TYPE);
  if (type !== undefined) headers.set('Content-Type', type);
  return { spec, url: toUrl(spec, settings.url), headers, body: encodeBody(spec), requestId, deadlineMs, maxAttempts };
}

/** Copies what is mutable: a change by the caller must not reach later attempts. */
function encodeBody({ body, content }: RequestSpec<unknown>): Content | undefined {
  if (body) return JSON.stringify(body);
  return content?.data instanceof Uint8Array ? content.data.slice() : content?.data;
}

function toUrl({ path, query = {} }: RequestSpec<unknown>, base: URL): URL {
  const url = new URL(path.map(encodeSegment).join('/'), base);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

/** An empty or dotted segment would change the path, however it is encoded. */
function encodeSegment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`"${text}" is not an id.`);
  return encodeURIComponent(text);
}
