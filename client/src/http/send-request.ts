import { abortable } from '../clock.ts';

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The response has more bytes than the client accepts. */
export class ResponseTooLargeError extends Error {
  constructor(bytesMax: number) {
    super(`The response is larger than ${bytesMax} bytes.`);
    this.name = 'ResponseTooLargeError';
  }
}

/** Sends one request and reads its whole response. @throws fetch's error, the signal's reason, ResponseTooLargeError */
export async function sendRequest(
  fetch: typeof globalThis.fetch,
  url: URL,
  init: RequestInit & { readonly signal: AbortSignal },
  bytesMax: number,
): Promise<RawResponse> {
  // A followed redirect would drop the body, or send the token to another host.
  const response = await abortable(fetch(url, { ...init, redirect: 'manual' }), init.signal);
  const text = await abortable(readText(response, bytesMax), init.signal);
  return { status: response.status, headers: response.headers, text };
}

export async function readText({ body }: Response, bytesMax: number): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // keeps a CSV's byte order mark, which spreadsheets need
  let [text, bytes] = ['', 0];
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > bytesMax) {
      reader.cancel().catch(() => {}); // nothing depends on it
      throw new ResponseTooLargeError(bytesMax);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}
