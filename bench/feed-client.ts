import { WebSocket } from 'ws';

export interface FeedClientOptions {
  readonly url: string;
  readonly token: string;
  /** One subscription each. */
  readonly loanIds: readonly string[];
  /** The client's address, as a proxy forwards it. */
  readonly from: string;
  /** Called for each message, before it is parsed. */
  readonly onEvent: () => void;
}

/** Resolves when it is subscribed. */
export async function connectFeed({ url, token, loanIds, from, onEvent }: FeedClientOptions): Promise<{ close(): void }> {
  const headers = { 'X-Forwarded-For': from };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/feed`, { perMessageDeflate: false, headers });
  let subscribed = 0;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason}`)));
    socket.on('open', () => {
      for (const loan_id of loanIds) socket.send(JSON.stringify({ type: 'subscribe', token, loan_id }));
    });
    socket.on('message', function onSubscribed(data) {
      if (JSON.parse(String(data)).type !== 'subscribed') return reject(new Error(String(data)));
      subscribed += 1;
      if (subscribed < loanIds.length) return;
      socket.off('message', onSubscribed);
      socket.on('message', onEvent);
      resolve();
    });
  });
  return { close: () => socket.terminate() };
}
