import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';

const KEY = { 'Idempotency-Key': '"the key"' };
const CSV = { 'Content-Type': 'text/csv' };
const REPEATS = 5;
/** A user may send no more files at a time. */
const UPLOADS_MAX = 2;

interface Scene {
  readonly borrower: TestUser;
  readonly lender: TestUser;
  readonly loan: string;
  /** Paths of two pending lenders; the first is the user's. */
  readonly ann: string;
  readonly ben: string;
}

interface Call {
  readonly name: string;
  /** Sends the request under the key. */
  readonly send: (scene: Scene) => Promise<TestResponse>;
  /** Another request in the scope of the key. */
  readonly other: (scene: Scene) => Promise<TestResponse>;
  /** A request in the scope of the key that is rejected. */
  readonly rejected: (scene: Scene) => Promise<TestResponse>;
  readonly repeats?: number;
  readonly prepare?: (scene: Scene) => Promise<unknown>;
}

const NOTE = { note: 'the body of another request' };

const importOf = ({ borrower, loan }: Scene, file: string) =>
  borrower.send('POST', `${loan}/lenders/imports`, { raw: file, headers: { ...KEY, ...CSV } });
const answer = ({ lender, loan }: Scene, verb: string, body?: object) =>
  lender.post(`/invitations${loan.slice(6)}/${verb}`, body, KEY);

/** Each call that changes something. */
const calls: readonly Call[] = [
  {
    name: 'createLoan',
    send: ({ borrower }) => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 5, 'new') }, KEY),
    other: ({ borrower }) => borrower.post('/loans', LOAN, KEY),
    rejected: ({ borrower }) => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 1e9, 'new') }, KEY),
  },
  {
    name: 'addLenders',
    send: ({ borrower, loan }) => borrower.post(`${loan}/lenders`, { lenders: lenders(2, 5, 'new') }, KEY),
    other: ({ borrower, loan }) => borrower.post(`${loan}/lenders`, { lenders: lenders(1, 5, 'new') }, KEY),
    rejected: ({ borrower, loan }) => borrower.post(`${loan}/lenders`, { lenders: lenders(2, 1e9, 'new') }, KEY),
  },
  {
    name: 'changeLender',
    send: ({ borrower, ann }) => borrower.patch(ann, { contribution_amount: 7 }, KEY),
    other: ({ borrower, ben }) => borrower.patch(ben, { contribution_amount: 7 }, KEY),
    rejected: ({ borrower, ann }) => borrower.patch(ann, { contribution_amount: 1e9 }, KEY),
  },
  {
    name: 'revokeLender',
    send: ({ borrower, ann }) => borrower.delete(ann, KEY),
    other: ({ borrower, ben }) => borrower.delete(ben, KEY),
    rejected: ({ borrower, ann }) => borrower.delete(`${ann}x`, KEY),
  },
  {
    name: 'remindLender',
    send: ({ borrower, ann }) => borrower.post(`${ann}/reminders`, undefined, KEY),
    other: ({ borrower, ben }) => borrower.post(`${ben}/reminders`, undefined, KEY),
    rejected: ({ borrower, ann }) => borrower.post(`${ann}x/reminders`, undefined, KEY),
  },
  {
    name: 'importLenders',
    repeats: UPLOADS_MAX,
    send: (scene) => importOf(scene, 'email,contribution_amount\nnew@example.com,5'),
    other: (scene) => importOf(scene, 'email,contribution_amount\nother@example.com,5'),
    rejected: (scene) => importOf(scene, 'not a header'),
  },
  {
    name: 'closeLoan',
    prepare: ({ lender, loan }) => lender.post(`/invitations${loan.slice(6)}/accept`),
    send: ({ borrower, loan }) => borrower.post(`${loan}/close`, undefined, KEY),
    other: ({ borrower, loan }) => borrower.post(`${loan}/close`, NOTE, KEY),
    rejected: ({ borrower, loan }) => borrower.post(`${loan}/close?x=1`, undefined, KEY),
  },
  {
    name: 'cancelLoan',
    send: ({ borrower, loan }) => borrower.post(`${loan}/cancel`, undefined, KEY),
    other: ({ borrower, loan }) => borrower.post(`${loan}/cancel`, NOTE, KEY),
    rejected: ({ borrower, loan }) => borrower.post(`${loan}/cancel?x=1`, undefined, KEY),
  },
  ...['accept', 'decline'].map(
    (verb): Call => ({
      name: `${verb}Invitation`,
      send: (scene) => answer(scene, verb),
      other: (scene) => answer(scene, verb, NOTE),
      rejected: (scene) => answer(scene, `${verb}?x=1`),
    }),
  ),
];

let testApp: TestApp;
let scene: Scene;

beforeEach(async () => {
  testApp = await openTestApp();
  const borrower = await testApp.as('borrower@example.com');
  const loan = `/loans/${await borrower.postsLoan()}`;
  const { body } = await borrower.post(`${loan}/lenders`, { lenders: [...lenders(1, 100), ...lenders(1, 100, 'ben')] });
  const [ann, ben] = body.lenders.map(({ lender_id }: { lender_id: string }) => `${loan}/lenders/${lender_id}`);
  scene = { borrower, lender: await testApp.as('ann0@example.com'), loan, ann, ben };
});

afterEach(() => testApp.close());

/** All that a repeat must not change. */
async function state(): Promise<string> {
  const { borrower, loan } = scene;
  return (await Promise.all(['/loans', `${loan}/events?limit=100`].map((path) => borrower.get(path))))
    .map(({ text }) => text)
    .join();
}

const wasReplayed = ({ headers }: TestResponse) => headers.get('Idempotency-Replayed') === 'true';

describe.each(calls)('$name with a key', ({ send, other, rejected, prepare, repeats = REPEATS }) => {
  beforeEach(async () => {
    await prepare?.(scene);
  });

  it('replays the first response after the loan has ended', async () => {
    const first = await send(scene);
    expect([first.status < 300, wasReplayed(first)]).toEqual([true, false]);
    await scene.borrower.post(`${scene.loan}/cancel`);
    const before = await state();
    const repeat = await send(scene);
    expect([repeat.status, repeat.text, wasReplayed(repeat)]).toEqual([first.status, first.text, true]);
    expect(repeat.headers.get('Location')).toBe(first.headers.get('Location'));
    expect(repeat.headers.get('Idempotency-Original-Request-Id')).toBe(first.headers.get('X-Request-Id'));
    expect(await state()).toBe(before);
  });

  it('rejects another request under the key, before and after the loan has ended, and shows nothing of the first', async () => {
    const first = await send(scene);
    for (const end of [undefined, 'cancel']) {
      if (end) await scene.borrower.post(`${scene.loan}/${end}`);
      const { status, headers, body } = await other(scene);
      expect([status, body.error, body.details]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', []]);
      expect([headers.get('Location'), headers.get('Idempotency-Original-Request-Id')]).toEqual([null, null]);
    }
    expect((await send(scene)).text).toBe(first.text);
  });

  it('does not use the key up by a rejected request', async () => {
    const { status } = await rejected(scene);
    expect([400, 404]).toContain(status);
    const first = await send(scene);
    expect([first.status < 300, wasReplayed(first)]).toEqual([true, false]);
  });

  it('has one effect and one response for concurrent repeats', async () => {
    const responses = await Promise.all(Array.from({ length: repeats }, () => send(scene)));
    const after = await state();
    expect(new Set(responses.map(({ status, text, headers }) => `${status} ${headers.get('Location')} ${text}`)).size).toBe(1);
    expect(responses.filter(wasReplayed)).toHaveLength(repeats - 1);
    expect(new Set(responses.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(repeats);
    expect((await send(scene)).text).toBe(responses[0]?.text);
    expect(await state()).toBe(after);
  });
});
