import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackListener, listenForCallback } from './loopback-listener.ts';

let listener: LoopbackListener;

beforeEach(async () => {
  listener = await listenForCallback('STATE');
});

afterEach(() => listener.close());

const open = () => connect(Number(new URL(listener.redirectUri).port), '127.0.0.1');

/** @returns the status of the response to a request with this target */
async function request(target: string): Promise<number> {
  const { host } = new URL(listener.redirectUri);
  const socket = open();
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return Number((await text(socket)).split(' ')[1]);
}

describe('listenForCallback', () => {
  it('lets the program end while a browser keeps a connection open', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets(); // of other files
    const socket = open().unref();
    await once(socket, 'connect');
    expect(await request('/')).toBe(404); // the connection before it has been accepted by then
    listener.close();
    await expect.poll(sockets).toBeLessThanOrEqual(before);
    socket.destroy();
  });

  it.each(['//[', '//%', 'http://[', '//127.0.0.1:x/callback?state=STATE', 'http://127.0.0.1/callback?state=STATE', '/callback'])(
    'waits on after a request for %s, which any page and program can send',
    async (target) => {
      expect(await request(target)).toBe(404);
      expect(await request('/callback?state=STATE&code=1')).toBe(200);
      expect((await listener.callback).search).toBe('?state=STATE&code=1');
    },
  );
});
