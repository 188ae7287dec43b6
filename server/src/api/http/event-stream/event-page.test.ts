import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lenders, openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { TestUser } from '../../../testing/app/test-user.ts';

const ACCEPT = { Accept: 'text/event-stream' };

let testApp: TestApp;
let borrower: TestUser;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  path = `/loans/${await borrower.postsLoan({ lenders: lenders(2, 100) })}/events`;
});

afterEach(() => testApp.close());

/** Reads a stream as the HTML standard says: a field a line, a block ends with a blank line. */
async function read(query = '', headers: Record<string, string> = {}) {
  const init = { headers: { Authorization: `Bearer ${borrower.token}`, ...ACCEPT, ...headers } };
  const response = await testApp.app.fetch(new Request(`http://localhost${path}${query}`, init));
  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
  const fields = (await response.text()).split('\n').filter((line) => line !== '');
  const valuesOf = (name: string) =>
    fields.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const types = valuesOf('data').map((data): string => JSON.parse(data).type);
  return { types, ids: valuesOf('id'), retry: Number(valuesOf('retry')[0]), count: fields.length };
}

describe('GET /loans/{loan_id}/events as server-sent events', () => {
  it('has the events of the page, and its cursor as the last id', async () => {
    const { types, ids, retry, count } = await read();
    const { body } = await borrower.get(`${path}?limit=100`);
    expect(types).toEqual(body.events.map(({ type }: { type: string }) => type));
    expect(types).toHaveLength(3);
    expect([ids, count]).toEqual([[body.next_cursor], types.length + 2]);
    expect(retry).toBe(100);
  });

  it('is JSON for a client that excludes streams by weight 0', async () => {
    const { headers } = await borrower.send('GET', path, { headers: { Accept: 'text/event-stream;q=0, application/json' } });
    expect(headers.get('Content-Type')).toBe('application/json');
  });

  it('resumes after Last-Event-ID, which takes precedence over after, and has an id without events too', async () => {
    const first = await read('?limit=1');
    const [lastId = ''] = first.ids;
    const second = await read('?limit=1', { 'Last-Event-ID': lastId });
    const rest = await read(`?after=${encodeURIComponent(lastId)}`, { 'Last-Event-ID': second.ids[0] ?? '' });
    expect([...first.types, ...second.types, ...rest.types]).toEqual(['loan.created', 'lender.invited', 'lender.invited']);
    const end = await read('', { 'Last-Event-ID': rest.ids[0] ?? '' });
    expect(end).toEqual({ types: [], ids: rest.ids, retry: 2000, count: 2 });
  });

  it('responds with a problem to a malformed Last-Event-ID, and reads it of streams only', async () => {
    const headers = { 'Last-Event-ID': 'x' };
    expect(await borrower.get(path, { ...ACCEPT, ...headers })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'after' }] },
    });
    expect(await borrower.get(path, headers)).toMatchObject({ status: 200, body: { success: true } });
  });

  it.each(['/loans', '/invitations'])('sends JSON of %s whatever is accepted', async (other) => {
    expect((await borrower.get(other, ACCEPT)).headers.get('Content-Type')).toBe('application/json');
  });
});
