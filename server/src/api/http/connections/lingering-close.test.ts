import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeLingering, isLingering } from './lingering-close.ts';

const NEVER_MS = 60_000;
const LIMITS = { bytesMax: 1000, totalMs: NEVER_MS, silenceMs: NEVER_MS, connectionsMax: 2 };

let server: Server;
const clients: Socket[] = [];

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  server.close();
});

async function open(): Promise<{ client: Socket; accepted: Socket; closed: Promise<unknown> }> {
  const client = connect({ port: Number(Object(server.address()).port), host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {});
  clients.push(client);
  const [accepted]: Socket[] = await once(server, 'connection');
  if (!accepted) throw new Error('the server accepted no connection');
  return { client, accepted, closed: new Promise((resolve) => accepted.once('close', resolve)) };
}

describe('closeLingering', () => {
  it('delivers what was written, and closes with the client', async () => {
    const { client, accepted, closed } = await open();
    accepted.write('bye');
    closeLingering(accepted, LIMITS);
    const [bytes] = await once(client, 'data');
    await once(client.resume(), 'end');
    expect([String(bytes), isLingering(accepted), accepted.destroyed]).toEqual(['bye', true, false]);
    client.end('x'.repeat(500));
    await closed;
    expect(isLingering(accepted)).toBe(false);
  });

  it('destroys a connection that sends more than the limit', async () => {
    const { client, accepted, closed } = await open();
    closeLingering(accepted, LIMITS);
    client.write('x'.repeat(1001));
    await closed;
    expect(accepted.bytesRead).toBe(1001);
  });

  it('destroys a connection whose client sends nothing and does not close it', async () => {
    const { accepted, closed } = await open();
    closeLingering(accepted, { ...LIMITS, silenceMs: 20 });
    await closed;
  });

  it('destroys a connection whose client does not stop sending', async () => {
    const { client, accepted, closed } = await open();
    const sending = setInterval(() => client.write('x'), 5);
    closeLingering(accepted, { ...LIMITS, totalMs: 50 });
    await closed;
    clearInterval(sending);
  });

  it('destroys a connection that is closed again', async () => {
    const { accepted, closed } = await open();
    closeLingering(accepted, LIMITS);
    closeLingering(accepted, LIMITS);
    await closed;
  });

  it('destroys those that have been closing for longest for further ones', async () => {
    const [first, second, third, fourth] = [await open(), await open(), await open(), await open()];
    for (const { accepted } of [first, second, third, fourth]) closeLingering(accepted, LIMITS);
    await Promise.all([first.closed, second.closed]);
    expect([third, fourth].map(({ accepted }) => isLingering(accepted))).toEqual([true, true]);
  });
});
