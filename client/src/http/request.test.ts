import { describe, expect, it } from 'vitest';
import { LendingClient } from '../client.ts';
import type { ClientOptions } from '../options.ts';

/** The request of one call, whose fetch does not send it. */
async function requestOf(call: (client: LendingClient) => PromiseLike<unknown>, more: Partial<ClientOptions> = {}) {
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
  await call(client);
  const [request] = sent;
  if (!request) throw new Error('nothing was sent');
  return request;
}

describe('prepareRequest', () => {
  it('resolves the path below the base URL, with encoded ids', async () => {
    const request = await requestOf((client) => client.readLoan('a/b?c#é'));
    expect(request.url).toBe('https://api.example.com/lending/loans/a%2Fb%3Fc%23%C3%A9');
  });

  it.each(['', '.', '..', '\ud800'])('rejects the id "%s", which would change the path', async (id) => {
    await expect(requestOf((client) => client.readLoan(id))).rejects.toThrow(`loanId must be an id, not ${JSON.stringify(id)}.`);
  });

  it('sends only the query parameters that are set', async () => {
    const { searchParams } = new URL((await requestOf((client) => client.listLenders('L', { limit: 5, status: 'pending' }))).url);
    expect([...searchParams]).toEqual([
      ['limit', '5'],
      ['status', 'pending'],
    ]);
  });

  it('sends an idempotency key with changes, not with reads', async () => {
    const keyOf = (request: Request) => request.headers.get('Idempotency-Key');
    expect(keyOf(await requestOf((client) => client.closeLoan('L', { maxAttempts: 1 })))).toMatch(/^[0-9a-f-]{36}$/);
    expect(keyOf(await requestOf((client) => client.revokeLender('L', 'P', { idempotencyKey: 'order-17' })))).toBe('order-17');
    expect(keyOf(await requestOf((client) => client.readLoan('L')))).toBeNull();
  });

  it.each([
    ['text', 'email\n'],
    ['bytes', new TextEncoder().encode('email\n')],
    ['a file', new Blob(['email\n'], { type: 'application/vnd.ms-excel' })],
  ])('uploads a CSV file given as %s', async (_, csv) => {
    const request = await requestOf((client) => client.importLenders('L', csv, { dry_run: 'true' }));
    expect(request.url).toMatch(/\/loans\/L\/lenders\/imports\?dry_run=true$/);
    expect(request.headers.get('Content-Type')).toBe('text/csv');
    expect(await request.text()).toBe('email\n');
  });

  it('downloads CSV unchanged, with its byte order mark', async () => {
    const csv = '\uFEFFrow,email\r\n';
    let received = '';
    const fetch = async (input: string | URL | Request, init?: RequestInit) => {
      expect(new Request(input, init).headers.get('Accept')).toBe('text/csv');
      return new Response(csv);
    };
    await requestOf(async (client) => (received = await client.exportImportRows('L', 'I')), { fetch }).catch(() => {});
    expect(received).toBe(csv);
  });

  it('rejects invalid call options', async () => {
    await expect(requestOf((client) => client.readLoan('L', { deadlineMs: Number.POSITIVE_INFINITY }))).rejects.toThrow(
      'deadlineMs must be above 0',
    );
    await expect(requestOf((client) => client.readLoan('L', { maxAttempts: 0 }))).rejects.toThrow(
      'maxAttempts must be a whole number',
    );
    await expect(requestOf((client) => client.closeLoan('L', { idempotencyKey: 'a\nb' }))).rejects.toThrow(TypeError);
  });
});

describe('resolveOptions', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['an invalid URL', { url: 'api.example.com' }, 'url must be absolute, such as https://'],
    ['another protocol', { url: 'ftp://api.example.com' }, 'https:// or http://'],
    ['a password in the URL', { url: 'https://me:secret@api.example.com' }, 'Use the token option'],
    ['a duration of zero', { attemptMs: 0 }, 'attemptMs must be above 0'],
    ['a fractional count', { maxAttempts: 0.5 }, 'maxAttempts must be a whole number'],
  ])('rejects %s', (_, options, message) => {
    expect(() => new LendingClient({ url: 'https://api.example.com', token: 'JWT', ...options })).toThrow(message);
  });
});
