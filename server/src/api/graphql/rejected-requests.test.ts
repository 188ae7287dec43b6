import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestOptions } from '../../testing/app/http-client.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { metricsOf } from '../../testing/app/read-metrics.ts';
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

describe('a request that POST /graphql rejects as a whole', () => {
  it.each<[string, RequestOptions, string]>([
    ['a body that is not JSON', { raw: '{', headers: JSON_TYPE }, 'VALIDATION_ERROR'],
    ['no query', { body: {} }, 'VALIDATION_ERROR'],
    ['a syntax error', { body: { query: '{' } }, 'VALIDATION_ERROR'],
    ['too many root fields', { body: { query: `{ ${'abcdef'.replaceAll(/./g, '$&: __typename ')} }` } }, 'VALIDATION_ERROR'],
    ['an unknown field', { body: { query: '{ nothing }' } }, 'VALIDATION_ERROR'],
    ['another media type', { raw: '{ loans }', headers: { 'Content-Type': 'text/plain' } }, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a large body', { body: { query: ' '.repeat(65_536) } }, 'PAYLOAD_TOO_LARGE'],
  ])('is logged, and counted once as an error of GraphQL: %s', async (_, request, code) => {
    const counter = 'api_errors_total{endpoint="GraphQL",error_type="ValidationError"}';
    const count = async () => Number((await metricsOf(testApp)).split(`${counter} `)[1]?.split('\n')[0] ?? 0);
    const before = await count();
    const headers = { ...request.headers, Authorization: `Bearer ${ana.token}`, 'X-Request-Id': 'rejected' };
    await testApp.send('POST', '/graphql', { ...request, headers });
    expect(lastLine(testApp)).toMatchObject({ request_id: 'rejected', endpoint: 'GraphQL', status: 'Error', error: code });
    expect(await count()).toBe(before + 1);
  });
});
