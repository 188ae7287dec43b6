import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';

const NO_SUCH_LOAN = '019cb2f0-0000-7000-8000-000000000000';
const KEY_USED = { 'Idempotency-Key': 'used' };

/** A request that succeeds until a case breaks it. */
interface Draft {
  testApp: TestApp;
  token: string | undefined;
  loanId: string;
  headers: Record<string, string>;
  body: { lenders: { email: string; contribution_amount: number | string }[]; padding?: string };
}

interface Scene {
  readonly testApp: TestApp;
  /** On the same store, with the request rate used up. */
  readonly rateLimitedApp: TestApp;
  readonly token: string;
  readonly unverifiedToken: string;
  readonly strangerToken: string;
  readonly openLoan: string;
  readonly cancelledLoan: string;
}

async function setScene(): Promise<Scene> {
  const store = openSqlite(':memory:');
  const testApp = await openTestApp({ store, config: { invitesPerHour: 5 } });
  const rateLimitedApp = await openTestApp({ store, config: { invitesPerHour: 5, requestsPerSecond: 1 } });
  const [borrower, unverified, stranger] = [
    await testApp.as('borrower@example.com'),
    await testApp.as('borrower@example.com', { email_verified: false }),
    await testApp.as('stranger@example.com'),
  ];
  const [openLoan, cancelledLoan] = [await borrower.postsLoan(), await borrower.postsLoan()];
  for (const [loanId, prefix] of [
    [openLoan, 'old'],
    [cancelledLoan, 'gone'],
  ] as const)
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(2, 100, prefix) }, KEY_USED);
  await borrower.post(`/loans/${cancelledLoan}/cancel`);
  for (const { token } of [borrower, stranger]) {
    // One request a second, with a burst of two: these exceed it by two.
    for (const _ of [1, 2, 3, 4]) await rateLimitedApp.send('GET', '/loans', { headers: { Authorization: `Bearer ${token}` } });
  }
  return {
    testApp,
    rateLimitedApp,
    token: borrower.token,
    unverifiedToken: unverified.token,
    strangerToken: stranger.token,
    openLoan,
    cancelledLoan,
  };
}

function draftIn({ testApp, token, openLoan }: Scene): Draft {
  return { testApp, token, loanId: openLoan, headers: {}, body: { lenders: lenders(1, 100, 'new') } };
}

function send({ testApp, token, loanId, headers, body }: Draft): Promise<TestResponse> {
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return testApp.send('POST', `/loans/${loanId}/lenders`, { body, headers: { ...authorization, ...headers } });
}

interface Case {
  readonly cause: string;
  readonly status: number;
  readonly error: string;
  readonly break: (draft: Draft, scene: Scene) => void;
}

/** In the order of the checks. */
const cases: readonly Case[] = [
  {
    cause: 'body too large',
    status: 413,
    error: 'PAYLOAD_TOO_LARGE',
    break(draft) {
      draft.body.padding = 'x'.repeat(65_536);
    },
  },
  {
    cause: 'not JSON',
    status: 415,
    error: 'UNSUPPORTED_MEDIA_TYPE',
    break(draft) {
      draft.headers['Content-Type'] = 'text/plain';
    },
  },
  {
    cause: 'no token',
    status: 401,
    error: 'UNAUTHORIZED',
    break(draft) {
      draft.token = undefined;
    },
  },
  {
    cause: 'request rate',
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    break(draft, { rateLimitedApp }) {
      draft.testApp = rateLimitedApp;
    },
  },
  {
    cause: 'e-mail not verified',
    status: 403,
    error: 'FORBIDDEN',
    break(draft, { unverifiedToken }) {
      if (draft.token !== undefined) draft.token = unverifiedToken;
    },
  },
  {
    cause: 'malformed field',
    status: 400,
    error: 'VALIDATION_ERROR',
    break({ body }) {
      body.lenders.push({ email: 'nobody', contribution_amount: 1 });
    },
  },
  {
    cause: 'no such loan',
    status: 404,
    error: 'NOT_FOUND',
    break(draft) {
      draft.loanId = NO_SUCH_LOAN;
    },
  },
  {
    cause: 'not the borrower',
    status: 403,
    error: 'FORBIDDEN',
    break(draft, { token, strangerToken }) {
      if (draft.token === token) draft.token = strangerToken;
    },
  },
  {
    cause: 'key of another request',
    status: 422,
    error: 'IDEMPOTENCY_KEY_REUSED',
    break({ headers }) {
      Object.assign(headers, KEY_USED);
    },
  },
  {
    cause: 'loan not open',
    status: 409,
    error: 'CONFLICT',
    break(draft, { openLoan, cancelledLoan }) {
      if (draft.loanId === openLoan) draft.loanId = cancelledLoan;
    },
  },
  {
    cause: 'over-funding',
    status: 400,
    error: 'VALIDATION_ERROR',
    break({ body }) {
      for (const lender of body.lenders) lender.contribution_amount = 1e9;
    },
  },
  {
    cause: 'invitations in this hour',
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    break({ body }) {
      body.lenders.push({ email: 'late@example.com', contribution_amount: 1 });
    },
  },
];

const pairs = cases.flatMap((earlier, index) => cases.slice(index + 1).map((later) => ({ earlier, later })));

describe('the order of errors of addLenders', () => {
  let scene: Scene;

  beforeAll(async () => {
    // Keeps the window of the request rate open until the tests end.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] });
    scene = await setScene();
  });

  afterAll(async () => {
    vi.useRealTimers();
    await scene.testApp.close();
  });

  it.each(cases)('responds $status $error to $cause', async ({ status, error, break: breakIt }) => {
    const draft = draftIn(scene);
    breakIt(draft, scene);
    expect(requireProblem(await send(draft))).toMatchObject({ status, error });
  });

  it.each(pairs)('reports $earlier.cause before $later.cause', async ({ earlier, later }) => {
    const draft = draftIn(scene);
    earlier.break(draft, scene);
    const alone = await send(draft);
    later.break(draft, scene);
    const both = await send(draft);
    expect(requireProblem(both)).toMatchObject({ status: earlier.status, error: earlier.error });
    // The message of over-funding has the requested sum, which the later case may change.
    if (earlier.cause !== 'over-funding') expect(both.body.message).toBe(alone.body.message);
  });

  it('accepts a request without violations', async () => {
    expect((await send(draftIn(scene))).status).toBe(200);
  });
});
