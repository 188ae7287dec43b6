import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId, UserId } from '../../domain/ids.ts';
import { SESSIONS_PER_USER_MAX, type Session } from '../../domain/sign-in/session.ts';
import { wrapStore } from '../../storage/instrumented-store.ts';
import { sessionKey, userSessionsKey } from '../../storage/keys.ts';
import { retireKeys, rotateKeys } from '../../storage/rotate-keys.ts';
import { emailOf, found, userIdFor } from '../../testing/app/domain-fixtures.ts';
import { failingStore } from '../../testing/app/failing-store.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { Sessions, type SignedInUser } from './sessions.ts';

const DAY_MS = 86_400_000;
const ANA: SignedInUser = { userId: userIdFor('ana'), email: emailOf('ana@example.com'), name: 'Ana', method: 'email' };

describe.each(engines)('sessions on $name', ({ open }) => {
  let testApp: TestApp;
  let sessions: Sessions;

  beforeEach(async () => {
    testApp = await openTestApp({ store: await open() });
    sessions = testApp.app.sessions;
  });

  afterEach(() => testApp.close());

  const otherProcess = () => new Sessions(testApp.app.services, testApp.app.storeSecrets.keyRing('sessions'));
  const stored = async (...refs: readonly Session[]) => (await testApp.store.get(refs.map(sessionKey))).map((item) => item?.data);

  it('are found with one read by another process until they expire, and cached for 30 seconds', async () => {
    const session = await sessions.start(ANA);
    expect(session).toMatchObject({ ...ANA, startedAt: testApp.now, expiresAt: testApp.now + 30 * DAY_MS });
    const other = otherProcess();
    const find = () => testApp.callsOf(async () => expect(await other.find(session)).toEqual(session));
    const findAtOnce = () => Promise.all([other.find(session), other.find(session), other.find(session)]);
    expect(await testApp.callsOf(findAtOnce)).toEqual(['get']);
    testApp.advance(29_999);
    expect(await find()).toEqual([]);
    testApp.advance(1);
    expect(await find()).toEqual(['get']);
    testApp.advance(session.expiresAt - testApp.now - 1);
    await find();
    testApp.advance(1);
    expect(await other.find(session)).toBeUndefined();
  });

  it('of an issuer last twelve hours, others thirty days', async () => {
    const lengthOf = async (more: object) => {
      const { startedAt, expiresAt } = await sessions.start({ ...ANA, ...more });
      return (expiresAt - startedAt) / 3_600_000;
    };
    expect(await lengthOf({ method: 'oidc' })).toBe(12);
    expect(await lengthOf({ method: 'local' })).toBe(30 * 24);
  });

  it('end in this process at once, and in others within 30 seconds', async () => {
    const [session, kept] = [await sessions.start(ANA), await sessions.start(ANA)];
    const other = otherProcess();
    await other.find(session);
    await sessions.end(session);
    expect(await sessions.find(session)).toBeUndefined();
    expect(await stored(session, kept)).toEqual([undefined, kept]);
    testApp.advance(30_000);
    expect([await other.find(session), await other.find(kept)]).toEqual([undefined, kept]);
    await sessions.end(session); // again
  });

  it('all end at once, and no one else’s', async () => {
    const ofAna = [await sessions.start(ANA), await otherProcess().start(ANA)];
    const ofBen = await sessions.start({ ...ANA, userId: userIdFor('ben') });
    await sessions.endAll(ANA.userId);
    for (const session of ofAna) expect(await sessions.find(session)).toBeUndefined();
    expect(await stored(...ofAna, ofBen)).toEqual([undefined, undefined, ofBen]);
    await sessions.endAll(ANA.userId); // again
    await sessions.endAll(userIdFor('stranger'));
  });

  it('are at most twenty for a user: the oldest ends, also where many start at once', async () => {
    const started: Session[] = [];
    for (let count = 0; count < SESSIONS_PER_USER_MAX; count += 1) started.push(await sessions.start(ANA));
    expect(await sessions.find(found(started[0], 'first'))).toBeDefined();
    started.push(...(await Promise.all([sessions, otherProcess(), otherProcess()].map((each) => each.start(ANA)))));
    const rows = await stored(...started);
    expect(rows.map((row) => row !== undefined)).toEqual([...Array(3).fill(false), ...Array(SESSIONS_PER_USER_MAX).fill(true)]);
    expect(await otherProcess().find(found(started[0], 'first'))).toBeUndefined();
  });

  it('that have expired don’t count', async () => {
    for (let count = 0; count < SESSIONS_PER_USER_MAX; count += 1) await sessions.start({ ...ANA, method: 'oidc' });
    testApp.advance(DAY_MS);
    const session = await sessions.start(ANA);
    const [list] = await testApp.store.get([userSessionsKey(ANA.userId)]);
    expect(list?.data.sessions).toEqual([{ sessionId: session.sessionId, expiresAt: session.expiresAt }]);
  });

  it('have the name that the user gave last', async () => {
    const first = await sessions.start(ANA);
    const second = await sessions.start({ ...ANA, name: null });
    expect(second.name).toBe('Ana');
    await sessions.rename(ANA.userId, 'Ana Silva');
    for (const session of [first, second]) expect(await sessions.find(session)).toEqual({ ...session, name: 'Ana Silva' });
    expect(await sessions.start({ ...ANA, name: null })).toMatchObject({ name: 'Ana Silva' });
  });

  it('call listeners once when they end: here at once, elsewhere at the next check', async () => {
    const [session, another] = [await sessions.start(ANA), await sessions.start(ANA)];
    const other = otherProcess();
    const ended: string[] = [];
    sessions.onEnd(session, () => ended.push('here'));
    sessions.onEnd(session, () => ended.push('cancelled'))();
    other.onEnd(session, () => ended.push('there'));
    other.onEnd(another, () => ended.push('another'));
    await sessions.end(session);
    expect(ended).toEqual(['here']);
    await other.checkOpen();
    await other.checkOpen();
    expect(ended).toEqual(['here', 'there']);
    expect(await testApp.callsOf(() => sessions.checkOpen())).toEqual([]);
  });
});

describe('sessions', () => {
  it('are found again as soon as a store that failed works', async () => {
    const { store, fail } = failingStore();
    const testApp = await openTestApp({ store });
    const session = await testApp.app.sessions.start(ANA);
    const other = new Sessions(testApp.app.services, testApp.app.storeSecrets.keyRing('sessions'));
    fail('unavailable');
    await expect(other.find(session)).rejects.toMatchObject({ kind: 'unavailable' });
    fail(undefined);
    expect(await other.find(session)).toEqual(session);
    await testApp.close();
  });

  it('are not found once they have ended while they were read', async () => {
    const testApp = await openTestApp();
    const session = await testApp.app.sessions.start(ANA);
    const gate = Promise.withResolvers<void>();
    const store = wrapStore(testApp.store, async (_verb, call) => {
      const result = await call();
      await gate.promise;
      return result;
    });
    const other = new Sessions({ ...testApp.app.services, store }, testApp.app.storeSecrets.keyRing('sessions'));
    const reading = other.find(session);
    const ending = other.end(session);
    gate.resolve();
    await Promise.all([reading, ending]);
    expect(await other.find(session)).toBeUndefined();
    await testApp.close();
  });
});

describe('a reference to a session', () => {
  const REF = { userId: 'u-_9' as UserId, sessionId: '0199a6f0-0000-7000-8000-000000000001' as SessionId };
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openTestApp();
  });

  afterEach(() => testApp.close());

  it('is opened by every process on the store, after a rotation of the keys too, until they are retired', async () => {
    const { sessions } = testApp.app;
    const sealed = await sessions.seal(REF);
    expect(await sessions.open(sealed)).toEqual(REF);
    const rotation = { purposes: ['sessions'], now: testApp.now } as const;
    await rotateKeys(testApp.store, { ...rotation, retiresOld: false });
    const { app } = await openTestApp({ store: testApp.store });
    expect(await app.sessions.open(sealed)).toEqual(REF);
    expect(await app.sessions.open(await app.sessions.seal(REF))).toEqual(REF);
    await retireKeys(testApp.store, rotation);
    testApp.advance(30_000);
    await testApp.app.storeSecrets.refresh();
    expect(await sessions.open(sealed)).toBeUndefined();
  });

  it('of another form is none', async () => {
    for (const text of ['', 'a.b.c', 'x'.repeat(9000)]) expect(await testApp.app.sessions.open(text)).toBeUndefined();
  });

  it('signs its user in until the session ends', async () => {
    const { sessions, services } = testApp.app;
    const session = await sessions.start(ANA);
    const cookie = await sessions.seal(session);
    const signIn = () => services.authenticator.authenticate({ kind: 'session', cookie });
    const { userId, sessionId, startedAt: issuedAt, expiresAt } = session;
    const identity = {
      userId,
      email: ANA.email,
      name: 'Ana',
      isOperator: false,
      issuedAt,
      expiresAt,
      session: { userId, sessionId },
    };
    expect(await signIn()).toEqual(identity);
    await sessions.end(session);
    await expect(signIn()).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: 'Your session has ended. Sign in again.' });
    await expect(services.authenticator.authenticate({ kind: 'session', cookie: 'x' })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });
});
