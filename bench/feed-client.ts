import { WebSocket } from 'ws';

/** Resolves when it is subscribed. @param onEvent called for each message, before it is parsed */
export async function connectFeed(url: string, token: string, loanId: string, onEvent: () => void): Promise<{ close(): void }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/feed`, { perMessageDeflate: false });
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
