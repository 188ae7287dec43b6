import { describe, expect, it } from 'vitest';
import { LendingClient } from '../client.ts';
import type { ClientOptions } from '../options.ts';

/** What one call sends, by a fetch that sends nothing. */
async function sentBy(ask: (client: LendingClient) => PromiseLike<unknown>, more: Partial<ClientOptions> = {}) {
  const sent: Request[] = [];
  const client = new LendingClient({
    url: 'https://api.example.com/lending',
    token: 'JWT',
    fetch: async (input, init) => {
      sent.push(new Request(input, init));
      return Response.json({ success: true, lenders: [], next_cursor: null });
    },
    ...more,
  });
  await ask(client);
  const [request] = sent;
  if (!request) throw new Error('nothing was sent');
  return request;
}

describe('a request', () => {
  it('goes below the path of the server’s address, its ids encoded', async () => {
    const request = await sentBy((client) => client.readLoan('a/b?c#é'));
    expect(request.url).toBe('https://api.example.com/lending/loans/a%2Fb%3Fc%23%C3%A9');
  });

  it.each(['', '.', '..'])('is not made for the id "%s", which would lead elsewhere', async (id) => {
    await expect(sentBy((client) => client.readLoan(id))).rejects.toThrow(`"${id}" is no id.`);
  });

  it('has only the filters that were given', async () => {
    const { searchParams } = new URL((await sentBy((client) => client.listLenders('L', { limit: 5, status: 'pending' }))).url);
    expect([...searchParams]).toEqual([
      ['limit', '5'],
      ['status', 'pending'],
    ]);
  });

  it('has a key of its own where it changes something, and none where it reads', async () => {
    const keyOf = (request: Request) => request.headers.get('Idempotency-Key');
    expect(keyOf(await sentBy((client) => client.closeLoan('L', { maxAttempts: 1 })))).toMatch(/^[0-9a-f-]{36}$/);
    expect(keyOf(await sentBy((client) => client.revokeLender('L', 'P', { idempotencyKey: 'order-17' })))).toBe('order-17');
    expect(keyOf(await sentBy((client) => client.readLoan('L')))).toBeNull();
  });

  it.each([
    ['text', 'email\n'],
    ['bytes', new TextEncoder().encode('email\n')],
    ['a file', new Blob(['email\n'], { type: 'application/vnd.ms-excel' })],
  ])('carries a file as CSV: %s', async (_, csv) => {
    const request = await sentBy((client) => client.importLenders('L', csv, { dry_run: 'true' }));
    expect(request.url).toMatch(/\/loans\/L\/lenders\/imports\?dry_run=true$/);
    expect(request.headers.get('Content-Type')).toBe('text/csv');
    expect(await request.text()).toBe('email\n');
  });

  it('asks for CSV, and hands it on as it came, with the mark that spreadsheets want', async () => {
    const csv = '\uFEFFrow,email\r\n';
    let told = '';
    const fetch = async (input: string | URL | Request, init?: RequestInit) => {
      expect(new Request(input, init).headers.get('Accept')).toBe('text/csv');
      return new Response(csv);
    };
    await sentBy(async (client) => (told = await client.exportImportRows('L', 'I')), { fetch }).catch(() => {});
    expect(told).toBe(csv);
  });

  it('is not made where its options can’t be meant', async () => {
    await expect(sentBy((client) => client.readLoan('L', { deadlineMs: Number.POSITIVE_INFINITY }))).rejects.toThrow(
      'deadlineMs must be above 0',
    );
    await expect(sentBy((client) => client.readLoan('L', { maxAttempts: 0 }))).rejects.toThrow(
      'maxAttempts must be a whole number',
    );
    await expect(sentBy((client) => client.closeLoan('L', { idempotencyKey: 'a\nb' }))).rejects.toThrow(TypeError);
  });
});

describe('a client', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['an address that is none', { url: 'api.example.com' }, 'Invalid URL'],
    ['another protocol', { url: 'ftp://api.example.com' }, 'https:// or http://'],
    ['a password in the address', { url: 'https://me:secret@api.example.com' }, 'Give a token'],
    ['no time', { attemptMs: 0 }, 'attemptMs must be above 0'],
    ['half an attempt', { maxAttempts: 0.5 }, 'maxAttempts must be a whole number'],
  ])('is not made with %s', (_, options, message) => {
    expect(() => new LendingClient({ url: 'https://api.example.com', token: 'JWT', ...options })).toThrow(message);
  });
});
