import { WebSocket } from 'ws';

export interface FeedClientOptions {
  readonly url: string;
  readonly token: string;
  readonly loanId: string;
  /** The client's address, as a proxy forwards it. */
  readonly from: string;
  /** Called for each message, before it is parsed. */
  readonly onEvent: () => void;
}

/** Resolves when it is subscribed. */
export async function connectFeed({ url, token, loanId, from, onEvent }: FeedClientOptions): Promise<{ close(): void }> {
  const headers = { 'X-Forwarded-For': from };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/feed`, { perMessageDeflate: false, headers });
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason}`)));
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', token, loan_id: loanId })));
    socket.once('message', (data) => {
      if (JSON.parse(String(data)).type !== 'subscribed') return reject(new Error(String(data)));
      socket.on('message', onEvent);
      resolve();
    });
  });
  return { close: () => socket.terminate() };
}
