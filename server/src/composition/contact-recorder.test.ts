import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../domain/identity.ts';
import { userContactKey } from '../storage/keys.ts';
import { emailOf, userIdFor } from '../testing/app/domain-fixtures.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { ContactRecorder } from './contact-recorder.ts';

let testApp: TestApp;
let { store, fail } = failingStore();
let recorder: ContactRecorder;
let errors: unknown[];

beforeEach(async () => {
  ({ store, fail } = failingStore());
  testApp = await openTestApp({ store });
  recorder = new ContactRecorder(testApp.app.services);
  errors = [];
  return () => testApp.close();
});

const identity = (address: string | null, issuedAt?: number, name = 'ana'): Identity => ({
  userId: userIdFor(name),
  email: address === null ? null : emailOf(address),
  name: null,
  expiresAt: 0,
  issuedAt,
});
const flush = (by = recorder) => by.flush((error) => void errors.push(error));
const stored = async (name = 'ana') => (await store.get([userContactKey(userIdFor(name))]))[0]?.data.email;

async function see(...seen: readonly Identity[]): Promise<void> {
  for (const one of seen) {
    recorder.see(one);
    await flush();
  }
}

describe('ContactRecorder', () => {
  it('records the first address of a user, and a newer one', async () => {
    await see(identity('ana@old.example', 1));
    expect(await stored()).toBe('ana@old.example');
    await see(identity('ana@new.example', 2));
    expect(await stored()).toBe('ana@new.example');
  });

  it('ignores an older token, also one that another process sees', async () => {
    await see(identity('ana@new.example', 2), identity('ana@old.example', 1));
    expect(await stored()).toBe('ana@new.example');
    const other = new ContactRecorder(testApp.app.services);
    other.see(identity('ana@old.example', 1));
    await flush(other);
    expect(await stored()).toBe('ana@new.example');
  });

  it('records an address again that another process has replaced', async () => {
    await see(identity('ana@old.example', 1));
    const other = new ContactRecorder(testApp.app.services);
    other.see(identity('ana@new.example', 2));
    await flush(other);
    await see(identity('ana@old.example', 3));
    expect(await stored()).toBe('ana@old.example');
  });

  it('ignores an address that is not verified', async () => {
    await see(identity(null, 1));
    expect(await stored()).toBeUndefined();
  });

  it('takes the address that was seen last where tokens have no time of issue', async () => {
    await see(identity('ana@old.example'), identity('ana@new.example'));
    expect(await stored()).toBe('ana@new.example');
  });

  it('makes two calls for a new user, one after a restart, and none for a token that it has seen', async () => {
    const calls = (by: ContactRecorder) =>
      testApp.callsOf(async () => {
        by.see(identity('ana@example.com', 1));
        await flush(by);
      });
    expect(await calls(recorder)).toEqual(['get', 'commit']);
    expect(await calls(recorder)).toEqual([]);
    expect(await calls(new ContactRecorder(testApp.app.services))).toEqual(['get']);
  });

  it('retries after an error, with the other users', async () => {
    fail('unavailable');
    await see(identity('ana@example.com', 1), identity('ben@example.com', 1, 'ben'));
    expect(errors).toHaveLength(2);
    fail(undefined);
    await flush();
    expect([await stored(), await stored('ben')]).toEqual(['ana@example.com', 'ben@example.com']);
  });

  it('stores nothing once its signal is aborted, and the rest with the next flush', async () => {
    recorder.see(identity('ana@example.com', 1));
    await recorder.flush(() => {}, AbortSignal.abort());
    expect(await stored()).toBeUndefined();
    await flush();
    expect(await stored()).toBe('ana@example.com');
  });

  it('makes no call in the request that it sees', async () => {
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    expect(await testApp.callsOf(() => borrower.post(path, { lenders: lenders(1, 1) }))).toEqual(['get', 'commit']);
    expect(await testApp.callsOf(() => testApp.app.contacts.flush(() => {}))).toEqual(['get', 'commit']);
  });
});
