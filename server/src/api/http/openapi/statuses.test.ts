import { expect, it } from 'vitest';
import { openApiDocument } from './document.ts';

/** Malformed HTTP, too many connections, an unexpected error, and a program that is starting. */
const ALWAYS = [400, 405, 408, 417, 429, 431, 500, 503];
const SIGNED_IN = [...ALWAYS, 401, 403];
const READ = [...SIGNED_IN, 200];
const READ_BY_ID = [...READ, 404];
const CHANGE = [...SIGNED_IN, 413, 415, 422];
const CHANGE_BY_ID = [...CHANGE, 404, 409];

/** The statuses of each call, by the contract. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  'post /loans': [...CHANGE, 201],
  'get /loans': READ,
  'get /loans/{loan_id}': READ_BY_ID,
  'post /loans/{loan_id}/lenders': [...CHANGE_BY_ID, 200],
  'get /loans/{loan_id}/lenders': READ_BY_ID,
  'patch /loans/{loan_id}/lenders/{lender_id}': [...CHANGE_BY_ID, 200],
  'delete /loans/{loan_id}/lenders/{lender_id}': [...CHANGE_BY_ID, 200],
  'post /loans/{loan_id}/lenders/{lender_id}/reminders': [...CHANGE_BY_ID, 202],
  'post /loans/{loan_id}/lenders/imports': [...CHANGE_BY_ID, 202],
  'get /loans/{loan_id}/lenders/imports/{import_id}': READ_BY_ID,
  'get /loans/{loan_id}/lenders/imports/{import_id}/rows': READ_BY_ID,
  'post /loans/{loan_id}/close': [...CHANGE_BY_ID, 200],
  'post /loans/{loan_id}/cancel': [...CHANGE_BY_ID, 200],
  'get /invitations': READ,
  'post /invitations/{loan_id}/accept': [...CHANGE_BY_ID, 200],
  'post /invitations/{loan_id}/decline': [...CHANGE_BY_ID, 200],
  'get /loans/{loan_id}/events': READ_BY_ID,
  'get /operator/holds': READ,
  'get /operator/holds/{hold_id}': READ_BY_ID,
  'post /operator/holds/{hold_id}/release': [...CHANGE_BY_ID, 200],
  'post /operator/holds/{hold_id}/reject': [...CHANGE_BY_ID, 200],
  'post /graphql': [...ALWAYS, 200, 401, 403, 413, 415],
  'get /auth/login': [...ALWAYS, 302],
  'get /auth/callback': [...ALWAYS, 302],
  'get /auth/me': [...ALWAYS, 200],
  'patch /auth/me': [...SIGNED_IN, 200, 409, 413, 415],
  'post /auth/logout': [...SIGNED_IN, 200, 413, 415],
  'post /auth/feed-tickets': [...SIGNED_IN, 200, 413, 415],
  'get /invite/{loan_id}': [...ALWAYS, 200, 404],
  'post /mail/decline': [...ALWAYS, 200, 404, 409, 413, 415],
  'post /mail/invitation': [...ALWAYS, 200, 404, 413, 415],
  'get /mail/opt-out': [...ALWAYS, 200, 404],
  'post /mail/opt-out': [...ALWAYS, 200, 404, 413, 415],
  'delete /mail/opt-out': [...SIGNED_IN, 200, 404],
  'post /local/token': [...ALWAYS, 200, 403, 404, 413, 415],
  'post /auth/email': [...ALWAYS, 202, 403, 404, 413, 415],
  'post /auth/email/verify': [...ALWAYS, 200, 403, 404, 413, 415],
  'get /auth/jwks.json': [...ALWAYS, 200, 404],
  'get /health/live': [...ALWAYS, 200],
  'get /health/ready': [...ALWAYS, 200],
  'get /metrics': [...ALWAYS, 200, 401, 403, 404],
  'get /openapi.json': [...ALWAYS, 200, 304],
  'get /docs': [...ALWAYS, 200, 304],
};

const operations = Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({ name: `${method} ${path}`, responses })),
);

it('openApiDocument has the calls of the contract', () => {
  expect(new Set(operations.map(({ name }) => name))).toEqual(new Set(Object.keys(STATUSES)));
});

it.each(operations)('openApiDocument declares the statuses of $name by the contract', ({ name, responses }) => {
  expect(Object.keys(responses).map(Number)).toEqual([...(STATUSES[name] ?? [])].sort((a, b) => a - b));
});

it.each(operations)('openApiDocument declares the headers of the errors of $name', ({ responses }) => {
  const declared = Object.entries(responses).map(([status, { headers }]) => [Number(status), Object.keys(headers)] as const);
  const statusesWith = (name: string) => declared.filter(([, names]) => names.includes(name)).map(([status]) => status);
  expect(statusesWith('X-Request-Id')).toEqual(declared.map(([status]) => status));
  expect(statusesWith('Allow')).toEqual([405]);
  expect(statusesWith('Retry-After')).toEqual([429, 503]);
  expect(statusesWith('WWW-Authenticate')).toEqual('401' in responses ? [401] : []);
});
