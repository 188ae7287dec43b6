import type { TestApp } from '../app/test-app.ts';

export interface ReceivedBlock {
  readonly id?: string;
  readonly event?: string;
  readonly data?: unknown;
  readonly retry?: string;
  /** Of a block that is a comment. */
  readonly comment?: string;
}

/** Opens a stream of server-sent events of an app in the same process. */
export async function openEventSource(
  { app }: TestApp,
  path: string,
  headers: Readonly<Record<string, string>>,
  peer: Parameters<TestApp['app']['fetch']>[1] = {},
) {
  const request = new Request(`http://localhost:3000${path}`, { headers: { Accept: 'text/event-stream', ...headers } });
  const response = await app.fetch(request, peer);
  return { response, ...eventReader(response) };
}

/** Reads the blocks of a stream of server-sent events one by one, as the HTML standard says; nothing before the first is taken. */
export function eventReader(response: Pick<Response, 'body'>) {
  const decoder = new TextDecoder();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let text = '';

  /** @returns undefined once the stream has ended */
  async function next(): Promise<ReceivedBlock | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return parseBlock(block);
      }
      reader ??= response.body?.getReader();
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  }

  return {
    next,
    async take(count: number): Promise<ReceivedBlock[]> {
      const blocks: ReceivedBlock[] = [];
      for (let at = 0; at < count; at += 1) blocks.push((await next()) ?? {});
      return blocks;
    },
    close: async () => (reader ?? response.body)?.cancel(),
  };
}

function parseBlock(block: string): ReceivedBlock {
  const fields = block.split('\n').map((line) => {
    const [name = '', ...value] = line.split(':');
    const text = value.join(':').replace(/^ /, '');
    if (name === '') return ['comment', text];
    return [name, name === 'data' ? JSON.parse(text) : text];
  });
  return Object.fromEntries(fields);
}
