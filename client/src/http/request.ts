import { type ChangeOptions, requireCount, requireDuration, type Settings } from '../options.ts';

/** A file rather than JSON. It can be sent again, as a stream could not. */
export type Content = string | Uint8Array<ArrayBuffer> | Blob;

/** What a method of the client asks for. */
export interface RequestSpec<T> {
  readonly operation: string;
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST';
  /** Segments, not encoded yet: `['loans', loanId]`. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, boolean | number | string | undefined>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly content?: { readonly type: string; readonly data: Content };
  /** What is wanted; JSON if left out. */
  readonly accept?: string;
  /** Makes of an answer's text what was asked for. @throws where it is not that */
  readonly read: (text: string) => T;
}

/** The same bytes, key and id for all attempts of a call. */
export interface PreparedRequest<T> {
  readonly spec: RequestSpec<T>;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Content | undefined;
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly maxAttempts: number;
}

/** Every answer of the server is an object. @throws SyntaxError */
export function jsonObject<T>(text: string): T {
  const body = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new SyntaxError('It is JSON, but no object.');
  return body;
}

const JSON_TYPE = 'application/json';

/** @throws TypeError or RangeError where it could not be meant, before anything is sent */
export function prepareRequest<T>(spec: RequestSpec<T>, options: ChangeOptions, settings: Settings): PreparedRequest<T> {
  const { deadlineMs = settings.deadlineMs, maxAttempts = settings.maxAttempts, requestId = settings.newId() } = options;
  requireDuration('deadlineMs', deadlineMs);
  requireCount('maxAttempts', maxAttempts);
  const headers = new Headers({
    Accept: spec.accept ?? `${JSON_TYPE}, application/problem+json`,
    'X-Request-Id': requestId,
  });
  // Also where retries are off: the connection below may send it twice by itself, and so may the caller.
  if (spec.method !== 'GET') headers.set('Idempotency-Key', options.idempotencyKey ?? settings.newId());
  const type = spec.content?.type ?? (spec.body && JSON_TYPE);
  if (type !== undefined) headers.set('Content-Type', type);
  return { spec, url: urlOf(spec, settings.url), headers, body: bodyOf(spec), requestId, deadlineMs, maxAttempts };
}

/** A copy: what the caller changes meanwhile must not make another request of the second attempt. */
function bodyOf({ body, content }: RequestSpec<unknown>): Content | undefined {
  if (body) return JSON.stringify(body);
  return content?.data instanceof Uint8Array ? content.data.slice() : content?.data;
}

function urlOf({ path, query = {} }: RequestSpec<unknown>, base: URL): URL {
  const url = new URL(path.map(segment).join('/'), base);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

/** Dots would lead to another path, in whatever way they are written, and so would nothing at all. */
function segment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`"${text}" is no id.`);
  return encodeURIComponent(text);
}
