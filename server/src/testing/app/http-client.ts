import type { App } from '../../composition/app.ts';
import { requireOpenApiConformance } from './openapi-conformance.ts';
import { readResponse, type TestResponse } from './response.ts';

type Fields = Readonly<Record<string, string>>;

export interface RequestOptions {
  /** They override the client's own. */
  readonly headers?: Fields;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as is, instead of `body`. */
  readonly raw?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Network address of the peer; none for a call within the process. */
  readonly from?: string;
}

/**
 * A client of an app in the same process, which checks each response against the OpenAPI document.
 * @param ownHeaders sent with each request, such as a token
 */
export function httpClient(fetch: App['fetch'], ownHeaders: () => Fields | Promise<Fields> = () => ({})) {
  /** @param target a path, or a URL for another host than localhost:3000 */
  async function send(method: string, target: string, options: RequestOptions = {}): Promise<TestResponse> {
    const { headers, from } = options;
    const request = createRequest(method, new URL(target, 'http://localhost:3000'), {
      ...options,
      headers: { ...(await ownHeaders()), ...headers },
    });
    const response = await readResponse(await fetch(request, from === undefined ? {} : { address: from }));
    requireOpenApiConformance(method, new URL(request.url).pathname, response);
    return response;
  }

  return {
    send,
    get: (path: string, headers: Fields = {}) => send('GET', path, { headers }),
    post: (path: string, body?: unknown, headers: Fields = {}) => send('POST', path, { body, headers }),
    patch: (path: string, body: unknown, headers: Fields = {}) => send('PATCH', path, { body, headers }),
    delete: (path: string, headers: Fields = {}) => send('DELETE', path, { headers }),
  };
}

export function createRequest(method: string, url: URL, { headers, body, raw }: RequestOptions): Request {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const hasLength = typeof content === 'string' || content instanceof Uint8Array;
  return new Request(url, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(hasLength && { 'Content-Length': String(Buffer.byteLength(content)) }), // as an HTTP client does
      ...headers,
    },
    ...(content !== undefined && { body: content, duplex: 'half' }),
  });
}

export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}
