import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailChallengeKey } from '../../storage/keys.ts';
import { emailOf, found } from '../../testing/app/domain-fixtures.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN } from '../../testing/app/test-user.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { openEmailTestApp, requestCode, signInByEmail, takeMail } from '../../testing/sign-in/email-user.ts';
import { sessionsOf } from '../../testing/sign-in/sessions.ts';
import { NO_ADDRESS } from '../client-address.ts';
import { EmailSignIn } from './email-sign-in.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ANA = 'ana@example.com';

const wrong = ({ code }: { readonly code: string }) => (code === '00000000' ? '00000001' : '00000000');

describe.each(engines)('sign-in by e-mail on $name', ({ open }) => {
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openEmailTestApp({ store: await open() });
  });

  afterEach(() => testApp.close());

  const verify = (body: object) => testApp.post('/auth/email/verify', body);
  const problemOf = async (body: object) => {
    const { status, body: problem } = await verify(body);
    return [status, problem.details?.[0]?.path, problem.message];
  };

  it('counts at most five tries of a hundred at once, and then takes not even the right code', async () => {
    const sent = await requestCode(testApp, ANA);
    const tries = Array.from({ length: 100 }, () => verify({ ...sent, code: wrong(sent) }));
    const paths = (await Promise.all(tries)).map(({ body }) => body.details?.[0]?.path ?? body.error);
    expect(paths.filter((path) => path === 'code')).toHaveLength(5);
    expect(new Set(paths)).toEqual(new Set(['code', 'challenge']));
    expect(await problemOf(sent)).toEqual([400, 'challenge', expect.any(String)]);
  });

  it('starts one session for a right code that comes twice at once', async () => {
    const sent = await requestCode(testApp, ANA);
    const responses = await Promise.all([verify(sent), verify(sent)]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const { user_id: userId } = responses.find(({ status }) => status === 200)?.body ?? {};
    expect(await sessionsOf(testApp, userId)).toHaveLength(1);
    expect(await problemOf(sent)).toEqual([400, 'challenge', expect.any(String)]);
  });

  it('counts requests exactly where many come at once', async () => {
    const request = (index: number) =>
      testApp.send('POST', '/auth/email', { body: { email: ANA }, from: index % 2 ? '192.0.2.1' : '192.0.2.2' });
    const responses = await Promise.all(Array.from({ length: 30 }, (_, index) => request(index)));
    expect(responses.map(({ status }) => status).filter((status) => status === 202)).toHaveLength(10);
    expect(responses.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(20);
  });
});

describe('POST /auth/email', () => {
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openEmailTestApp();
  });

  afterEach(() => testApp.close());

  const request = (email: string, from = '192.0.2.1') => testApp.send('POST', '/auth/email', { body: { email }, from });

  const storedAt = async (challenge: string) =>
    (await testApp.store.get([emailChallengeKey(hash('sha256', challenge, 'base64url'))]))[0];

  it('sends a code to the address in two storage calls, and responds the same for a known and an unknown one', async () => {
    await signInByEmail(testApp, ANA);
    const calls: string[][] = [];
    for (const email of [ANA, 'stranger@example.com']) {
      calls.push(
        await testApp.callsOf(async () => {
          const { status, body } = await request(email);
          expect([status, body]).toEqual([
            202,
            { success: true, challenge: expect.stringMatching(/^[\w-]{43}$/), expires_in: 600 },
          ]);
        }),
      );
      const mail = takeMail(testApp);
      expect(mail).toMatchObject({ to: email, code: expect.stringMatching(/^\d{8}$/), expiresAt: testApp.now + 10 * MINUTE_MS });
    }
    expect(calls).toEqual([
      ['get', 'commit'],
      ['get', 'commit'],
    ]);
  });

  it('gives the mail enough of the challenge to recognise it by, and no more', async () => {
    const { body } = await request(ANA);
    expect(takeMail(testApp).challengeStart).toBe(body.challenge.slice(0, 8));
  });

  it('stores and logs no code and no challenge', async () => {
    const { body } = await request(ANA);
    const { code } = takeMail(testApp);
    const row = await storedAt(body.challenge);
    expect(row?.data).toMatchObject({ email: ANA, failedTries: 0 });
    for (const secret of [body.challenge, code]) expect(JSON.stringify(row)).not.toContain(secret);
    expect(testApp.logged.join()).not.toContain(ANA);
    expect(testApp.logged.join()).not.toContain(code);
    expect(testApp.logged.join()).toContain('RequestSignInCode');
  });

  it('stores another hash for the same code of another challenge', async () => {
    const { sessions, services, signInMails } = testApp.app;
    const challenges = ['a'.repeat(43), 'b'.repeat(43)];
    const signIn = new EmailSignIn({
      services,
      sessions,
      mails: found(signInMails, 'the queue'),
      codeKey: Buffer.alloc(32, 1),
      createChallenge: () => challenges.shift() ?? '',
      createCode: () => '12345678',
    });
    const request = () => signIn.request(emailOf(ANA), NO_ADDRESS, { requestId: services.ids.request(), traceparent: null });
    const rows = await Promise.all([request(), request()].map(async (issued) => storedAt((await issued).challenge)));
    expect(new Set(rows.map((row) => row?.data.codeHash)).size).toBe(2);
  });

  it('takes the language of the mail with the request', async () => {
    const languages = [];
    for (const language of ['de', null, undefined]) {
      expect((await testApp.send('POST', '/auth/email', { body: { email: ANA, language } })).status).toBe(202);
      languages.push(takeMail(testApp).language);
    }
    expect(languages).toEqual(['de', undefined, undefined]);
    expect((await testApp.send('POST', '/auth/email', { body: { email: ANA, language: 'xx' } })).body.details).toEqual([
      { path: 'language', code: 'INVALID', message: 'language must be en or de.' },
    ]);
  });

  it('limits the codes for a mailbox from one network, so that another one can still get some', async () => {
    for (const email of [ANA, 'Ana@example.com', 'ana+a@example.com', 'ana+b@example.com', ANA])
      expect((await request(email)).status).toBe(202);
    const { status, body, headers } = await request(ANA);
    expect([status, body.error, body.retry_after, headers.get('Retry-After')]).toEqual([429, 'TOO_MANY_REQUESTS', 2700, '2700']);
    expect(body.message).toBe(
      '5 codes were requested for this address from your network in this hour, which is the most. Please retry after 2026-03-01T10:00Z.',
    );
    expect((await request('ben@example.com')).status).toBe(202);
    for (let count = 0; count < 5; count += 1) expect((await request(ANA, '198.51.100.1')).status).toBe(202);
    expect((await request(ANA, '203.0.113.1')).body.message).toContain('10 codes were requested for this address in this hour');
    testApp.advance(45 * MINUTE_MS);
    expect((await request(ANA)).status).toBe(202);
  });

  it('limits the codes for a mailbox a day, and says when the longest limit ends', async () => {
    const networks = ['192.0.2.1', '192.0.2.2'];
    for (let hour = 0; hour < 2; hour += 1) {
      for (const network of networks)
        for (let count = 0; count < 5; count += 1) expect((await request(ANA, network)).status).toBe(202);
      if (hour === 0) testApp.advance(HOUR_MS);
    }
    const { status, body } = await request(ANA, '203.0.113.1');
    expect([status, body.retry_after]).toEqual([429, (13 * 60 + 45) * 60]); // to midnight, not to the next hour
    expect(body.message).toContain('20 codes were requested for this address in this day');
    testApp.advance(DAY_MS);
    expect((await request(ANA)).status).toBe(202);
  });

  it('limits the codes that a network requests, an IPv6 one by its /64', async () => {
    for (let count = 0; count < 60; count += 1)
      expect((await request(`user${count}@example.com`, `2001:db8::${count}`)).status).toBe(202);
    expect((await request('more@example.com', '2001:db8::ffff')).body.message).toContain(
      '60 codes were requested from your network in this hour',
    );
    expect((await request('more@example.com', '2001:db8:0:1::1')).status).toBe(202);
  });

  it('limits the codes of an IPv6 /48, which one customer may have with 65,536 networks, so that it can not use up those of all', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await request(ANA, `2001:db8:0:${count}::1`)).status);
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect((await request(ANA, '2001:db8:0:ffff::1')).body.message).toContain('for this address from your network in this hour');
    for (let count = 5; count < 240; count += 1)
      expect((await request(`user${count}@example.com`, `2001:db8:0:${count}::1`)).status).toBe(202);
    const { status, body } = await request('more@example.com', '2001:db8:0:ffff::1');
    expect([status, body.message]).toEqual([
      429,
      expect.stringContaining('240 codes were requested from your network in this hour'),
    ]);
    expect((await request('more@example.com', '2001:db8:1::1')).status).toBe(202);
  });

  it('responds 503 while too many mails wait to be sent', async () => {
    for (let count = 0; count < 1000; count += 1)
      testApp.app.signInMails?.add({ ...takeable(testApp), requestId: testApp.app.services.ids.request(), traceparent: null });
    const { status, body } = await request(ANA);
    expect([status, body.retry_after]).toEqual([503, 10]);
    takeMail(testApp);
    expect((await request(ANA)).status).toBe(202);
  });

  it('is not for pages of other sites, which could have all their visitors request codes', async () => {
    const ofPage = (Origin: string) => testApp.send('POST', '/auth/email', { body: { email: ANA }, headers: { Origin } });
    for (const origin of ['https://evil.example.com', 'null']) {
      expect(await ofPage(origin)).toMatchObject({ status: 403, body: { error: 'FORBIDDEN' } });
    }
    expect((await ofPage('https://lending.example.org')).status).toBe(202);
    const forFriends = await openEmailTestApp({ config: { corsOrigins: ['https://friend.example.com'] } });
    const options = { body: { email: ANA }, headers: { Origin: 'https://friend.example.com' } };
    expect((await forFriends.send('POST', '/auth/email', options)).status).toBe(202);
    await forFriends.close();
  });

  it('rejects a malformed address, an unknown query parameter, and other methods', async () => {
    expect((await request('ana')).body.details).toMatchObject([{ path: 'email' }]);
    expect((await testApp.post('/auth/email?x=1', { email: ANA })).body.details).toMatchObject([{ path: 'x' }]);
    expect((await testApp.get('/auth/email')).status).toBe(405);
  });
});

/** A mail like those that wait. */
function takeable({ now }: TestApp) {
  return {
    mailId: 'id',
    to: 'ana@example.com' as never,
    code: '12345678',
    challengeStart: 'Ab-_1234',
    at: now,
    expiresAt: now + 600_000,
  };
}

describe('POST /auth/email/verify', () => {
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openEmailTestApp();
  });

  afterEach(() => testApp.close());

  const verify = (body: object) => testApp.post('/auth/email/verify', body);

  it('returns a token of ours, which is a verified user of the API for thirty days', async () => {
    const ana = await signInByEmail(testApp, ANA, 'Ana Silva');
    expect(ana.expiresIn).toBe(30 * 24 * 3600);
    const exp = Math.floor(testApp.now / 1000) + ana.expiresIn;
    expect(decodeJwt(ana.token)).toEqual({
      iss: 'urn:private-lending:email',
      aud: 'private-lending',
      sub: ANA,
      email: ANA,
      email_verified: true,
      name: 'Ana Silva',
      sid: expect.any(String),
      iat: Math.floor(testApp.now / 1000),
      exp,
    });
    const { keys } = (await testApp.get('/auth/jwks.json')).body;
    expect(decodeProtectedHeader(ana.token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys[0].kid });
    expect((await ana.post('/loans', LOAN)).status).toBe(201);
    testApp.advance(30 * DAY_MS - 1000);
    expect((await ana.get('/loans')).body.loans).toHaveLength(1);
    testApp.advance(1000);
    expect((await ana.get('/loans')).status).toBe(401);
  });

  it('is the same user for each sign-in with an address, with the name that was given last', async () => {
    const first = await signInByEmail(testApp, ANA, 'Ana');
    const second = await signInByEmail(testApp, 'ANA@Example.com');
    expect(second.userId).toBe(first.userId);
    expect(decodeJwt(second.token)['name']).toBe('Ana');
    expect(decodeJwt((await signInByEmail(testApp, ANA, 'Ana Silva')).token)['name']).toBe('Ana Silva');
    expect((await signInByEmail(testApp, 'ben@example.com')).userId).not.toBe(first.userId);
  });

  it('takes the code with spaces and hyphens', async () => {
    const { challenge, code } = await requestCode(testApp, ANA);
    expect((await verify({ challenge, code: ` ${code.slice(0, 4)} - ${code.slice(4)} ` })).status).toBe(200);
  });

  it('takes a code only with the challenge that belongs to it', async () => {
    const [first, second] = [await requestCode(testApp, ANA), await requestCode(testApp, ANA)];
    expect((await verify({ ...first, code: second.code })).status).toBe(400);
    expect((await verify({ ...first, challenge: 'x'.repeat(43) })).status).toBe(400);
    expect((await verify(second)).status).toBe(200);
    expect((await verify(first)).status).toBe(200);
  });

  it('takes a code for ten minutes', async () => {
    const [first, second] = [await requestCode(testApp, ANA), await requestCode(testApp, ANA)];
    testApp.advance(10 * MINUTE_MS - 1);
    expect((await verify(first)).status).toBe(200);
    testApp.advance(1);
    const { status, body } = await verify(second);
    expect([status, body.details]).toEqual([
      400,
      [{ path: 'challenge', code: 'INVALID', message: 'This code can not be used, or not any more. Request another one.' }],
    ]);
  });

  it('says how many tries are left', async () => {
    const sent = await requestCode(testApp, ANA);
    const messages: string[] = [];
    for (let count = 0; count < 6; count += 1) messages.push((await verify({ ...sent, code: wrong(sent) })).body.message);
    expect(messages.map((message) => /\d (?:try|tries)|last try|not any more/.exec(message)?.[0])).toEqual([
      '4 tries',
      '3 tries',
      '2 tries',
      '1 try',
      'last try',
      'not any more',
    ]);
  });

  it('does not count what can be no code, and makes no storage call for it', async () => {
    const sent = await requestCode(testApp, ANA);
    for (const code of ['1234567', '123456789', 'abcdefgh', '']) {
      const calls = await testApp.callsOf(async () => expect((await verify({ ...sent, code })).body.details[0].path).toBe('code'));
      expect(calls).toEqual([]);
    }
    expect(await testApp.callsOf(() => verify({ ...sent, challenge: 'short' }))).toEqual([]);
    expect((await verify(sent)).status).toBe(200);
  });

  it('ends its token with its session', async () => {
    const [ana, other] = [await signInByEmail(testApp, ANA), await signInByEmail(testApp, ANA)];
    const { session } = await testApp.app.services.authenticator.authenticate({ kind: 'token', token: ana.token });
    if (!session) throw new Error('a token without a session');
    await testApp.app.sessions.end(session);
    const { status, body } = await ana.get('/loans');
    expect([status, body.message]).toEqual([401, 'Your session has ended. Sign in again.']);
    expect((await other.get('/loans')).status).toBe(200);
  });
});

describe('calls of sign-in by e-mail', () => {
  it('are not found where users sign in otherwise, and there is no local issuer where they sign in by e-mail', async () => {
    const local = await openTestApp();
    for (const path of ['/auth/email', '/auth/email/verify']) expect((await local.post(path, { email: ANA })).status).toBe(404);
    expect((await local.get('/auth/jwks.json')).status).toBe(404);
    await local.close();
    const byEmail = await openEmailTestApp();
    expect((await byEmail.post('/local/token', { email: ANA })).status).toBe(404);
    expect(byEmail.app.localIssuer).toBeUndefined();
    await byEmail.close();
  });
});
