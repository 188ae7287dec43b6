import { AuthClient, LendingClient } from '@private-lending/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Credential } from '../../src/cli/sign-in/credentials-file.ts';
import { type SignInOptions, signIn } from '../../src/cli/sign-in/sign-in.ts';
import { signOut } from '../../src/cli/sign-in/sign-out.ts';
import { storedToken } from '../../src/cli/sign-in/stored-token.ts';
import { scriptedTerminal } from '../../src/testing/api/scripted-sign-in.ts';
import { openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { NATIVE_CLIENT, startIdentityProvider } from '../../src/testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../../src/testing/oidc/oidc-users.ts';
import { openEmailTestApp, takeMail } from '../../src/testing/sign-in/email-user.ts';

/* `lending login` and `logout` at the real server. */

const URL_OF_SERVER = 'http://localhost:3000';

let testApp: TestApp;

afterEach(() => testApp.close());

function openCli() {
  let stored: Credential | undefined;
  const keep = (_url: string, credential: Credential): void => {
    stored = credential;
  };
  const forget = (): void => {
    stored = undefined;
  };
  const file = { find: () => stored, save: keep, update: keep, delete: forget };
  const fetch: typeof globalThis.fetch = async (input, init) => testApp.app.fetch(new Request(input, init));
  const base = { url: URL_OF_SERVER, fetch };
  const createAuth = (token?: string) => new AuthClient({ ...base, ...(token === undefined ? { session: false } : { token }) });
  const options = { url: URL_OF_SERVER, file, createAuth, clock: () => testApp.now };
  return {
    file,
    login: (more: Partial<SignInOptions> & Pick<SignInOptions, 'terminal'>) =>
      signIn({
        ...options,
        email: undefined,
        usesDevice: false,
        clientId: undefined,
        openBrowser() {},
        typed: 'lending login',
        ...more,
      }),
    logout: (everywhere = false) => signOut({ ...options, everywhere }),
    client: () => new LendingClient({ ...base, token: storedToken(options) ?? '' }),
  };
}

describe('lending login', () => {
  it('by e-mail: a code signs in, and logout ends the session', async () => {
    testApp = await openEmailTestApp();
    const { file, login, logout, client } = openCli();
    const typed = scriptedTerminal('ana@example.com', 'no code');
    let code = '';
    const terminal = {
      ...typed,
      ask: (question: string) => (code === '' ? typed.ask(question) : Promise.resolve(code)),
      print: (...lines: string[]) => {
        typed.print(...lines);
        if (lines[0]?.startsWith('code must be')) ({ code } = takeMail(testApp));
      },
    };
    expect(await login({ terminal })).toMatchObject({ email: 'ana@example.com', name: null });
    expect(typed.screen).toContain('code must be the 8 digits of the e-mail.');
    const lending = client();
    expect((await lending.listLoans()).loans).toEqual([]);
    expect(await logout()).toEqual({ signed_out: true, everywhere: false });
    expect(file.find()).toBeUndefined();
    await expect(lending.listLoans()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('at the local issuer: an address is enough', async () => {
    testApp = await openTestApp();
    const { login, client } = openCli();
    expect(await login({ email: 'ana@example.com', terminal: scriptedTerminal() })).toMatchObject({ email: 'ana@example.com' });
    expect((await client().listInvitations()).invitations).toEqual([]);
  });

  it('at an issuer: the server accepts the ID token, and a renewed one once it expires', async () => {
    const provider = await startIdentityProvider();
    testApp = await openOidcTestApp(provider, { audience: NATIVE_CLIENT });
    const { login, client, file, logout } = openCli();
    const pages: Promise<string>[] = [];
    const openBrowser = (page: URL) => void pages.push(provider.open(page));
    const user = await login({ terminal: scriptedTerminal(), clientId: NATIVE_CLIENT, openBrowser });
    await Promise.all(pages);
    expect(user).toMatchObject({ email: 'ana@example.com' });
    expect(file.find()?.refresh?.renews).toBe('id_token');
    expect((await client().listLoans()).loans).toEqual([]);
    testApp.advance(Date.parse(user.expires_at) - testApp.now - 10_000);
    const before = file.find()?.refresh;
    expect((await client().listLoans()).loans).toEqual([]);
    expect(provider.state.requested.filter((path) => path === '/token')).toHaveLength(2);
    expect(file.find()?.refresh).toMatchObject({ issuer: before?.issuer });
    expect(await logout()).toMatchObject({ signed_out: true });
    expect(provider.state.requested).toContain('/token/revocation');
    await provider.close();
  });
});
