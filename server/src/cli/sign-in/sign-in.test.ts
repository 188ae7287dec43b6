import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failed, SERVER, scriptedSignIn, scriptedTerminal, USER, wrongCode } from '../../testing/api/scripted-sign-in.ts';
import { CLIENT_WITHOUT_REFRESH, NATIVE_CLIENT, startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import type { Credential } from './credentials-file.ts';
import { type SignInOptions, signIn } from './sign-in.ts';
import { openTerminal } from './terminal.ts';

const SIGNED_OUT = { user: null, feed_url: null, issuer: null, client_id: null };
const me = (members: object) => ({ body: { ...SIGNED_OUT, ...members } });
const EMAIL = me({ sign_in: 'email' });
const CODE_SENT = { status: 202, body: { challenge: 'C1', expires_in: 600 } };
const SIGNED_IN = { body: { token: 'TOKEN', user_id: 'U', expires_in: 2_592_000 } };

/** Signs in at a server with these replies. */
async function run(
  replies: Parameters<typeof scriptedSignIn>[0],
  { answers = [], ...more }: Partial<SignInOptions> & { answers?: string[] } = {},
) {
  const { calls, createAuth } = scriptedSignIn(replies);
  const terminal = scriptedTerminal(...answers);
  const saved: [string, Credential][] = [];
  const signedIn = signIn({
    url: SERVER,
    email: undefined,
    usesDevice: false,
    clientId: undefined,
    terminal,
    file: { save: (url, credential) => void saved.push([url, credential]) },
    createAuth,
    openBrowser: () => {},
    typed: 'lending login',
    ...more,
  });
  const outcome = await signedIn.catch((error: unknown) => ({ error }));
  return { outcome, error: 'error' in outcome ? Object(outcome.error) : undefined, calls, saved, screen: terminal.screen };
}

describe('signIn by e-mail', () => {
  const replies = { 'GET /auth/me': [EMAIL, me({ sign_in: 'email', user: USER })], 'POST /auth/email': [CODE_SENT] };

  it('warns of a server whose connection others can read', async () => {
    const signInAt = (url: string) =>
      run({ ...replies, 'POST /auth/email/verify': [SIGNED_IN] }, { url, email: 'ana@example.com', answers: ['12345678'] });
    const { saved, screen } = await signInAt('http://lending.example.com');
    expect(screen[0]).toBe(
      'Warning: http://lending.example.com is not https. Others on the network can read your token and use it.',
    );
    expect(saved).toHaveLength(1);
    for (const url of ['https://lending.example.com', 'http://localhost:3000'])
      expect((await signInAt(url)).screen.join()).not.toContain('Warning');
  });

  it('asks for the address and the code, and stores the token', async () => {
    const { outcome, calls, saved, screen } = await run(
      { ...replies, 'POST /auth/email/verify': [SIGNED_IN] },
      { answers: ['ana@example.com', '1234 5678'] },
    );
    expect(outcome).toEqual(USER);
    expect(saved).toEqual([[SERVER, { token: 'TOKEN', email: 'ana@example.com', expires_at: USER.expires_at }]]);
    expect(calls).toEqual([
      ['GET /auth/me', undefined, null],
      ['POST /auth/email', { email: 'ana@example.com' }, null],
      ['POST /auth/email/verify', { challenge: 'C1', code: '1234 5678' }, null],
      ['GET /auth/me', undefined, 'Bearer TOKEN'],
    ]);
    expect(screen).toEqual([
      'E-mail address: ana@example.com',
      'A code has been sent to ana@example.com. It is valid for 10 minutes.',
      'Code (or "new" for another one): 1234 5678',
    ]);
  });

  it('asks again after a wrong code, with the tries left, and sends another one when asked to', async () => {
    const { outcome, calls, screen } = await run(
      {
        ...replies,
        'POST /auth/email': [CODE_SENT, { status: 202, body: { challenge: 'C2', expires_in: 600 } }],
        'POST /auth/email/verify': [
          wrongCode('code', 'The code is wrong. You have 4 tries left.'),
          wrongCode('challenge', 'This code can not be used any more. Request another one.'),
          SIGNED_IN,
        ],
      },
      { answers: ['11111111', '', '22222222', 'new', '33333333'], email: 'ana@example.com' },
    );
    expect(outcome).toEqual(USER);
    expect(screen).toContain('The code is wrong. You have 4 tries left.');
    expect(screen).toContain('This code can not be used any more. Request another one.');
    expect(calls.filter(([call]) => call === 'POST /auth/email/verify').map(([, body]) => body)).toEqual([
      { challenge: 'C1', code: '11111111' },
      { challenge: 'C1', code: '22222222' },
      { challenge: 'C2', code: '33333333' },
    ]);
  });

  it('keeps the earlier code where another one is not sent, and says when to try again', async () => {
    const { outcome, calls, screen } = await run(
      {
        ...replies,
        'POST /auth/email': [CODE_SENT, failed(429, 'TOO_MANY_REQUESTS', { message: 'Too many codes.', retry_after: 60 })],
        'POST /auth/email/verify': [failed(503, 'SERVICE_UNAVAILABLE'), SIGNED_IN],
      },
      { answers: ['NEW', '1', '1'], email: 'ana@example.com' },
    );
    expect(outcome).toEqual(USER);
    expect(screen).toContain('Too many codes. Try again in 60 seconds.');
    expect(screen).toContain('SERVICE_UNAVAILABLE');
    expect(calls.filter(([call]) => call === 'POST /auth/email/verify').map(([, body]) => body)).toEqual(
      Array(2).fill({ challenge: 'C1', code: '1' }),
    );
  });

  it('asks for another address where one is invalid, unless it was given', async () => {
    const invalid = failed(400, 'VALIDATION_ERROR', { message: 'email must be an e-mail address.' });
    const invalidFirst = { ...replies, 'POST /auth/email': [invalid, CODE_SENT], 'POST /auth/email/verify': [SIGNED_IN] };
    const { outcome, screen } = await run(invalidFirst, { answers: ['ana', 'ana@example.com', '1'] });
    expect(outcome).toEqual(USER);
    expect(screen[1]).toBe('email must be an e-mail address.');
    expect((await run(invalidFirst, { email: 'ana' })).error).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('ends where it is turned off meanwhile, or limited', async () => {
    expect((await run({ 'GET /auth/me': [EMAIL] }, { email: 'ana@example.com' })).error).toMatchObject({ code: 'NOT_FOUND' });
    const limited = { ...replies, 'POST /auth/email': [failed(429, 'TOO_MANY_REQUESTS', { retry_after: 60 })] };
    expect((await run(limited, { email: 'ana@example.com' })).error).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 60 });
  });

  it('says what to do where there is no terminal, and asks for nothing', async () => {
    const terminal = { ...scriptedTerminal(), isInteractive: false };
    const { error, calls } = await run(replies, { terminal, email: 'ana@example.com' });
    expect(error).toMatchObject({
      message: 'Signing in needs a terminal, and there is none.',
      advice: 'Run "lending login" in a terminal. In scripts, set LENDING_TOKEN.',
    });
    expect(calls).toHaveLength(1);
  });
});

describe('signIn at the local issuer', () => {
  const replies = { 'GET /auth/me': [me({ sign_in: 'local' }), me({ user: USER })], 'POST /local/token': [SIGNED_IN] };

  it('asks for an address only', async () => {
    const { outcome, saved, calls } = await run(replies, { answers: ['ana@example.com'] });
    expect(outcome).toEqual(USER);
    expect(saved[0]?.[1].token).toBe('TOKEN');
    expect(calls[1]).toEqual(['POST /local/token', { email: 'ana@example.com' }, null]);
  });

  it('needs no terminal where the address is given', async () => {
    const terminal = { ...scriptedTerminal(), isInteractive: false };
    expect((await run(replies, { terminal, email: 'ana@example.com' })).outcome).toEqual(USER);
    expect((await run(replies, { terminal })).error.message).toContain('needs a terminal');
  });

  it.each([
    ['a server that has an earlier version', {}, 'it has an earlier version'],
    ['--device', replies, '--device is for servers that sign in at an OpenID Connect issuer'],
  ])('rejects %s', async (_, given, message) => {
    expect((await run(given, { usesDevice: true })).error.message).toContain(message);
  });
});

describe('signIn at an issuer', () => {
  it.each([
    ['the ID token', [{ user: USER }], 'id_token'],
    ['the access token', [{ user: null }, { user: USER }], 'access_token'],
  ])('stores %s, which the server accepts, and what renews it', async (_, users, renews) => {
    const provider = await startIdentityProvider();
    const state = { sign_in: 'oidc', issuer: provider.issuer, client_id: NATIVE_CLIENT };
    const replies = { 'GET /auth/me': [me(state), ...users.map((user) => me({ ...state, ...user }))] };
    const pages: Promise<string>[] = [];
    const { outcome, saved, calls } = await run(replies, { openBrowser: (page) => void pages.push(provider.open(page)) });
    await Promise.all(pages);
    await provider.close();
    expect(outcome).toEqual(USER);
    const [, credential] = saved[0] ?? [];
    expect(calls.at(-1)?.[2]).toBe(`Bearer ${credential?.token}`);
    expect(credential).toMatchObject({
      email: USER.email,
      refresh: { issuer: provider.issuer, client_id: NATIVE_CLIENT, renews, token: expect.any(String) },
    });
  });

  it('uses the client that the user names, and explains where the server accepts none of its tokens', async () => {
    const provider = await startIdentityProvider();
    const state = { sign_in: 'oidc', issuer: provider.issuer, client_id: 'console' };
    const pages: Promise<string>[] = [];
    const { error, saved } = await run(
      { 'GET /auth/me': [me(state)] },
      { clientId: CLIENT_WITHOUT_REFRESH, openBrowser: (page) => void pages.push(provider.open(page)) },
    );
    await Promise.all(pages);
    await provider.close();
    expect(error).toMatchObject({
      message: `The server accepts no token of the client ${CLIENT_WITHOUT_REFRESH}.`,
      advice: expect.stringContaining('AUTH_AUDIENCE'),
    });
    expect(saved).toEqual([]);
  });

  it.each([
    ['names no client', { client_id: null }, 'The server names no client for programs at its issuer.'],
    ['has no terminal', { client_id: 'C' }, 'Signing in needs a terminal, and there is none.'],
  ])('ends before anything is requested of the issuer where it %s', async (name, members, message) => {
    const terminal = { ...scriptedTerminal(), isInteractive: name !== 'has no terminal' };
    const state = me({ sign_in: 'oidc', issuer: 'http://127.0.0.1:9', ...members });
    expect((await run({ 'GET /auth/me': [state] }, { terminal })).error.message).toBe(message);
  });
});

describe('openTerminal', () => {
  it('asks on its output, and returns the line that is typed', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const terminal = openTerminal(input, output);
    const answer = terminal.ask('Code: ');
    input.write(' 1234 5678 \nnext\n');
    expect(await answer).toBe('1234 5678');
    terminal.print('Wrong.', 'Again.');
    expect(String(output.read())).toBe('Code: Wrong.\nAgain.\n');
    expect(terminal.isInteractive).toBe(false);
  });

  it('ends with the input', async () => {
    const input = new PassThrough();
    const answer = openTerminal(input, new PassThrough()).ask('Code: ');
    input.end();
    await expect(answer).rejects.toThrow('The sign-in was ended.');
  });
});
