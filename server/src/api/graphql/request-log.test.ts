import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../testing/app/http-client.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { metricsOf } from '../../testing/app/read-metrics.ts';
import { rewriteLoan } from '../../testing/app/store-edits.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

let testApp: TestApp;
let ana: TestUser;

beforeAll(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterAll(() => testApp.close());

describe('the log of POST /graphql', () => {
  it('logs an unexpected error without exposing it to the client', async () => {
    const { post, postsLoan } = await testApp.as('broken@example.com');
    const broken = await postsLoan();
    await rewriteLoan(testApp, broken, { termMonths: 1.5 });
    const query = `{ loan(loanId: "${broken}") { termMonths } }`;
    const response = await post('/graphql', { query }, { 'X-Request-Id': 'broken' });
    expect(response.body.data).toEqual({ loan: null });
    expect(response.body.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^Something went wrong on our side/),
        extensions: expect.objectContaining({ code: 'INTERNAL_ERROR' }),
      }),
    ]);
    expect(response.text).not.toContain('term_months');
    expect(lastLine(testApp)).toMatchObject({ level: 50, request_id: 'broken', err: { type: 'ZodError' } });
  });

  it('sets the headers of all routes, and logs the request', async () => {
    const { headers } = await ana.post('/graphql', { query: '{ loans { nextCursor } }' }, { 'X-Request-Id': 'mine' });
    expect([headers.get('X-Request-Id'), headers.get('Cache-Control')]).toEqual(['mine', 'no-store']);
    expect(lastLine(testApp)).toMatchObject({ request_id: 'mine', endpoint: 'ListLoans', status: 'Success' });
  });

  it.each<[string, RequestOptions, string]>([
    ['a body that is not JSON', { raw: '{', headers: JSON_TYPE }, 'VALIDATION_ERROR'],
    ['no query', { body: {} }, 'VALIDATION_ERROR'],
    ['a syntax error', { body: { query: '{' } }, 'VALIDATION_ERROR'],
    ['too many root fields', { body: { query: `{ ${'abcdef'.replaceAll(/./g, '$&: __typename ')} }` } }, 'VALIDATION_ERROR'],
    ['an unknown field', { body: { query: '{ nothing }' } }, 'VALIDATION_ERROR'],
    ['another media type', { raw: '{ loans }', headers: { 'Content-Type': 'text/plain' } }, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a large body', { body: { query: ' '.repeat(65_536) } }, 'PAYLOAD_TOO_LARGE'],
  ])('logs, and counts once, a request that is rejected as a whole: %s', async (_, request, code) => {
    const counter = 'api_errors_total{endpoint="GraphQL",error_type="ValidationError"}';
    const count = async () => Number((await metricsOf(testApp)).split(`${counter} `)[1]?.split('\n')[0] ?? 0);
    const before = await count();
    const headers = { ...request.headers, Authorization: `Bearer ${ana.token}`, 'X-Request-Id': 'rejected' };
    await testApp.send('POST', '/graphql', { ...request, headers });
    expect(lastLine(testApp)).toMatchObject({ request_id: 'rejected', endpoint: 'GraphQL', status: 'Error', error: code });
    expect(await count()).toBe(before + 1);
  });
});
