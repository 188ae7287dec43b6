import { orAborted } from '../clock.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The answer has more bytes than the client reads. */
export class AnswerTooLong extends Error {
  constructor(bytesMax: number) {
    super(`The answer is longer than ${bytesMax} bytes.`);
    this.name = 'AnswerTooLong';
  }
}

/** One request and its whole answer. @throws whatever fetch throws, the signal's reason, AnswerTooLong */
export async function exchange(
  fetch: typeof globalThis.fetch,
  url: URL,
  init: RequestInit & { readonly signal: AbortSignal },
  bytesMax: number,
): Promise<Answer> {
  // A redirect would lose the body, or take the token to where nobody meant it to go.
  const response = await orAborted(fetch(url, { ...init, redirect: 'manual' }), init.signal);
  const text = await orAborted(textOf(response, bytesMax), init.signal);
  return { status: response.status, headers: response.headers, text };
}

async function textOf({ body }: Response, bytesMax: number): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // spreadsheets want their mark
  let [text, bytes] = ['', 0];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.byteLength;
    if (bytes > bytesMax) {
      reader.cancel().catch(() => {}); // its failure changes nothing
      throw new AnswerTooLong(bytesMax);
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}
