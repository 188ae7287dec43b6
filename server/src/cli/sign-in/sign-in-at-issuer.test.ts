import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CLIENT_WITHOUT_REFRESH,
  DENIES,
  type IdentityProvider,
  NATIVE_CLIENT,
  startIdentityProvider,
} from '../../testing/oidc/identity-provider.ts';
import { UnreachableError } from '../failure.ts';
import type { Credential } from './credentials-file.ts';
import { type IssuerSignInOptions, signInByBrowser, signInByDevice } from './sign-in-at-issuer.ts';
import { expiryOf, storedToken } from './stored-token.ts';

let provider: IdentityProvider;
let printed: string[];
let pages: Promise<string>[];

beforeEach(async () => {
  provider = await startIdentityProvider({ hasDeviceFlow: true });
  printed = [];
  pages = [];
});

afterEach(() => provider.close());

/** @param browse what the user's browser does with the page that is opened */
function options(
  more: Partial<IssuerSignInOptions> = {},
  browse: (page: URL) => Promise<string> = provider.open,
): IssuerSignInOptions {
  return {
    issuer: provider.issuer,
    clientId: NATIVE_CLIENT,
    email: undefined,
    terminal: { print: (...lines) => void printed.push(...lines) },
    openBrowser: (page) => void pages.push(browse(page)),
    timeoutMs: 20_000,
    ...more,
  };
}

const errorOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

/** Requests something of the listener that waits for the browser, at the address that the page names. */
async function requestOf(page: URL, path: string, headers: Readonly<Record<string, string>> = {}): Promise<[number, string]> {
  const { port } = new URL(page.searchParams.get('redirect_uri') ?? '');
  const request = http.request({ host: '127.0.0.1', port, path, headers });
  request.end();
  const [response] = await once(request, 'response');
  return [response.statusCode, await text(response)];
}

describe('signInByBrowser', () => {
  it('opens the page of the issuer, prints it too, and gets tokens by code and PKCE', async () => {
    const tokens = await signInByBrowser(options({ email: 'ana@example.com' }));
    expect(decodeJwt(tokens.idToken ?? '')).toMatchObject({ sub: 'ana', email: 'ana@example.com', aud: NATIVE_CLIENT });
    expect(tokens.refreshToken).toMatch(/^[\w-]+$/);
    expect(await pages[0]).toContain('The terminal is signed in. You can close this page.');
    const url = new URL(printed.find((line) => line.startsWith('http')) ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: NATIVE_CLIENT,
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      code_challenge_method: 'S256',
      login_hint: 'ana@example.com',
      scope: 'openid email profile offline_access',
      state: expect.stringMatching(/^[\w-]{40,}$/),
    });
  });

  it('waits on while others than the browser of this sign-in call its listener', async () => {
    const responses: [number, string][] = [];
    const tokens = await signInByBrowser(
      options({}, async (page) => {
        const state = page.searchParams.get('state') ?? '';
        responses.push(await requestOf(page, '/'), await requestOf(page, '/callback?state=other&error=access_denied'));
        responses.push(await requestOf(page, `/callback?state=${state}&code=1`, { Host: 'attacker.example.com' }));
        return provider.open(page);
      }),
    );
    expect(tokens.idToken).toBeDefined();
    expect(responses.map(([status]) => status)).toEqual([404, 400, 404]);
    expect(responses[1]?.[1]).toContain('This is not the sign-in that waits in the terminal.');
  });

  it('explains that the user has denied it', async () => {
    const deny = (page: URL) => provider.open(page, { sub: DENIES });
    expect(await errorOf(signInByBrowser(options({}, deny)))).toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'The issuer has not signed you in (access_denied).',
    });
    expect(await pages[0]).toContain('The sign-in has failed.');
  });

  it('ends when nobody signs in for too long, with what may be wrong with the client', async () => {
    const error = await errorOf(signInByBrowser(options({ timeoutMs: 1 }, async () => '')));
    expect(String(error)).toMatch(
      /^UsageError: Nobody has signed in within 0 minutes\. If the page rejects the client lending-cli: Register a public/,
    );
  });

  it('closes its listener', async () => {
    let page = new URL(provider.issuer);
    const browse = (opened: URL) => {
      page = opened;
      return provider.open(opened);
    };
    await signInByBrowser(options({}, browse));
    await pages[0];
    expect(await errorOf(requestOf(page, '/'))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('names an issuer that can not be reached', async () => {
    const error = await errorOf(signInByBrowser(options({ issuer: 'http://127.0.0.1:9' })));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).toContain("The issuer http://127.0.0.1:9 can't be reached, or is none.");
  });
});

describe('signInByDevice', () => {
  it('prints the page and the code, and gets tokens once the user has confirmed it', async () => {
    const visited: Promise<string>[] = [];
    const print = (...lines: string[]) => {
      printed.push(...lines);
      const [, page] = /^Or open (.*)$/m.exec(lines.join('\n')) ?? [];
      if (page !== undefined) visited.push(provider.open(page));
    };
    const tokens = await signInByDevice(options({ terminal: { print } }));
    expect(decodeJwt(tokens.idToken ?? '')).toMatchObject({ email: 'ana@example.com' });
    expect(printed[0]).toMatch(
      /^Open http:\/\/127\.0\.0\.1:\d+\/device on any device, and enter this code within \d+ minutes: [A-Z]{4}-[A-Z]{4}$/,
    );
    await Promise.all(visited);
  });

  it('rejects an issuer without it', async () => {
    const other = await startIdentityProvider();
    const error = await errorOf(signInByDevice(options({ issuer: other.issuer })));
    await other.close();
    expect(String(error)).toContain('has no sign-in by device. Leave out --device');
  });

  it('advises on a client that the issuer does not allow it', async () => {
    const error = await errorOf(signInByDevice(options({ clientId: CLIENT_WITHOUT_REFRESH })));
    expect(error).toMatchObject({
      message: expect.stringContaining(`The issuer rejects the client ${CLIENT_WITHOUT_REFRESH}`),
      advice: expect.stringContaining('set LENDING_CLIENT_ID'),
    });
  });
});

describe('storedToken of an issuer', () => {
  const SERVER = 'https://lending.example.com';

  /** The credential after a sign-in, as a file in memory. */
  async function signedIn() {
    const { accessToken, idToken = '', refreshToken = '' } = await signInByBrowser(options());
    const refresh = { token: refreshToken, issuer: provider.issuer, client_id: NATIVE_CLIENT, renews: 'id_token' } as const;
    const expires_at = new Date(expiryOf(idToken) ?? 0).toISOString();
    let stored: Credential = { token: idToken, expires_at, email: 'ana@example.com', refresh };
    const update = (_url: string, renewed: Credential): void => {
      stored = renewed;
    };
    const file = { find: () => stored, update };
    const tokenAt = (now: number) => storedToken({ file, url: SERVER, clock: () => now });
    return { file, idToken, accessToken, expiresAt: Date.parse(expires_at), tokenAt };
  }

  const call = async (source: ReturnType<typeof storedToken>, rejected?: string) =>
    typeof source === 'function' ? await source(rejected) : source;

  it('is used until shortly before it expires, and then renewed and stored', async () => {
    const { file, idToken, expiresAt, tokenAt } = await signedIn();
    expect(await call(tokenAt(expiresAt - 31_000))).toBe(idToken);
    const renewed = await call(tokenAt(expiresAt - 30_000));
    expect(provider.state.requested.filter((path) => path === '/token')).toHaveLength(2);
    expect(decodeJwt(renewed ?? '')).toMatchObject({ email: 'ana@example.com' });
    expect(file.find()).toMatchObject({ token: renewed, email: 'ana@example.com' });
    expect(Date.parse(file.find().expires_at)).toBe(expiryOf(renewed ?? ''));
    expect(file.find().refresh?.token).toBeDefined();
  });

  it('is renewed when the server rejects it', async () => {
    const { idToken, tokenAt } = await signedIn();
    const renewed = await call(tokenAt(0), idToken);
    expect(provider.state.requested.filter((path) => path === '/token')).toHaveLength(2);
    expect(renewed).toMatch(/^ey/);
  });

  it('takes what another process has renewed meanwhile', async () => {
    const { file, expiresAt, tokenAt } = await signedIn();
    const { refresh, ...rest } = file.find();
    if (!refresh) throw new Error('there is no refresh token');
    file.update(SERVER, { ...rest, refresh: { ...refresh, token: 'used' } });
    const finds = [file.find(), file.find(), { ...rest, token: 'theirs', refresh: { ...refresh, token: 'newer' } }];
    const racing = { ...file, find: () => finds.shift() };
    expect(await call(storedToken({ file: racing, url: SERVER, clock: () => expiresAt }))).toBe('theirs');
    expect(tokenAt(0)).toBeTypeOf('function');
  });

  it('ends when the issuer does not renew it', async () => {
    const { file, expiresAt, tokenAt } = await signedIn();
    const { refresh, ...rest } = file.find();
    if (!refresh) throw new Error('there is no refresh token');
    file.update(SERVER, { ...rest, refresh: { ...refresh, token: 'revoked' } });
    expect(await errorOf(call(tokenAt(expiresAt)))).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringMatching(/^The issuer has not signed you in \(invalid_grant/),
    });
  });

  it('is the token alone where it can not be renewed', async () => {
    const { idToken, refreshToken } = await signInByBrowser(options({ clientId: CLIENT_WITHOUT_REFRESH }));
    expect(refreshToken).toBeUndefined();
    const file = { find: () => ({ token: idToken ?? '', expires_at: '2026-01-01T00:00:00.000Z', email: null }), update() {} };
    expect(storedToken({ file, url: SERVER, clock: Date.now })).toBe(idToken);
  });
});
