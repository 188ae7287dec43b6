import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../domain/identity.ts';
import { userContactKey } from '../storage/keys.ts';
import { openBrowser } from '../testing/app/browser.ts';
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
  isOperator: false,
  expiresAt: 0,
  issuedAt,
});
const flush = (by = recorder) => by.flush((error) => void errors.push(error));
const contact = async (name = 'ana') => (await store.get([userContactKey(userIdFor(name))]))[0]?.data;
const stored = async (name = 'ana') => (await contact(name))?.email;

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

  it('records the language of the console’s page with the address, and each other one', async () => {
    for (const language of [undefined, 'de', undefined, 'en'] as const) {
      recorder.see(identity('ana@example.com', 1), language);
      await flush();
    }
    expect(await contact()).toEqual({ email: 'ana@example.com', issuedAt: 1, language: 'en' });
  });

  it('keeps the language with a newer address, and the newer address with the language of an older session', async () => {
    recorder.see(identity('ana@old.example', 1), 'de');
    await flush();
    await see(identity('ana@new.example', 2));
    recorder.see(identity('ana@old.example', 1), 'en');
    await flush();
    expect(await contact()).toEqual({ email: 'ana@new.example', issuedAt: 2, language: 'en' });
  });

  it('records a language that was seen before and while an address waits', async () => {
    recorder.see(identity('ana@old.example', 1), 'de');
    recorder.see(identity('ana@new.example', 2));
    await flush();
    expect(await contact()).toEqual({ email: 'ana@new.example', issuedAt: 2, language: 'de' });
  });

  it('reads a contact of an earlier version, which has no language', async () => {
    const data = { email: emailOf('ana@example.com'), issuedAt: 1 };
    await store.commit(testApp.app.services.ids.command(), [{ key: userContactKey(userIdFor('ana')), expected: 0, data }]);
    recorder.see(identity('ana@example.com', 1), 'de');
    await flush();
    expect(await contact()).toEqual({ ...data, language: 'de' });
  });

  it('records a language again after an hour, as another process may have recorded another one', async () => {
    const other = new ContactRecorder(testApp.app.services);
    for (const [by, language] of [
      [recorder, 'de'],
      [other, 'en'],
    ] as const) {
      by.see(identity('ana@example.com', 1), language);
      await flush(by);
    }
    testApp.advance(3_600_001);
    recorder.see(identity('ana@example.com', 1), 'de');
    await flush();
    expect((await contact())?.language).toBe('de');
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

  it('makes no call in the request that has another language', async () => {
    const site = 'http://localhost:3000';
    const browser = openBrowser(testApp, site);
    await browser.signInLocally({ email: 'ana@example.com' });
    const readIn = (language: string) =>
      testApp.callsOf(() =>
        browser.send('GET', '/auth/me', { headers: { 'X-Lending-Console': '1', Origin: site, 'Accept-Language': language } }),
      );
    await readIn('en');
    await testApp.app.contacts.flush(() => {});
    expect(await readIn('de')).toEqual([]);
    expect(await testApp.callsOf(() => testApp.app.contacts.flush(() => {}))).toEqual(['get', 'commit']);
  });
});
