import { describe, expect, it } from 'vitest';
import { failed, SERVER, scriptedSignIn } from '../../testing/api/scripted-sign-in.ts';
import { NATIVE_CLIENT, startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import type { Credential } from './credentials-file.ts';
import { signOut } from './sign-out.ts';

const ANA: Credential = { token: 'TOKEN', expires_at: '2026-03-31T09:15:00.000Z', email: 'ana@example.com' };
const LOGOUT = 'POST /auth/logout';

async function run(
  reply: ReturnType<typeof failed> | object,
  { everywhere = false, stored = ANA }: { everywhere?: boolean; stored?: Credential | null } = {},
) {
  const { calls, createAuth } = scriptedSignIn({ [LOGOUT]: [reply] });
  let kept = stored ?? undefined;
  const remove = () => {
    kept = undefined;
  };
  const file = { find: () => kept, update() {}, delete: remove };
  const clock = () => Date.parse('2026-03-01T00:00:00.000Z');
  const outcome = await signOut({ url: SERVER, everywhere, file, createAuth, clock }).catch((error: unknown) => Object(error));
  return { outcome, calls, kept };
}

describe('signOut', () => {
  it.each([false, true])('ends the session at the server, and deletes the credential (everywhere: %s)', async (everywhere) => {
    const { outcome, calls, kept } = await run({}, { everywhere });
    expect(outcome).toEqual({ signed_out: true, everywhere });
    expect(calls).toEqual([[LOGOUT, { everywhere }, 'Bearer TOKEN']]);
    expect(kept).toBeUndefined();
  });

  it('does nothing where nobody is signed in', async () => {
    const { outcome, calls } = await run({}, { stored: null });
    expect([outcome, calls]).toEqual([{ signed_out: false, everywhere: false }, []]);
  });

  it('succeeds where the session has ended already', async () => {
    const { outcome, kept } = await run(failed(401, 'UNAUTHORIZED'));
    expect([outcome.signed_out, kept]).toEqual([true, undefined]);
  });

  it('deletes the credential where the server does not respond, and says until when the session lives', async () => {
    const { outcome, kept } = await run(failed(500, 'INTERNAL_ERROR', { retryable: false }));
    expect(outcome.advice).toBe('The login is deleted from this machine. The server ends its session at 2026-03-31T09:15:00.000Z.');
    expect(kept).toBeUndefined();
  });

  it.each([
    [failed(500, 'INTERNAL_ERROR', { retryable: false }), 'INTERNAL_ERROR'],
    [failed(401, 'UNAUTHORIZED'), 'UNAUTHORIZED'],
  ])('keeps the credential where all sessions were to end and did not', async (reply, message) => {
    const { outcome, kept } = await run(reply, { everywhere: true });
    expect([outcome.message, kept]).toEqual([message, ANA]);
  });

  it('revokes at the issuer what could renew the token, if the issuer responds', async () => {
    const provider = await startIdentityProvider();
    const refresh = { token: 'REFRESH', issuer: provider.issuer, client_id: NATIVE_CLIENT, renews: 'id_token' } as const;
    const { kept } = await run({}, { stored: { ...ANA, refresh } });
    expect(provider.state.requested).toContain('/token/revocation');
    await provider.close();
    expect(kept).toBeUndefined();
    expect((await run({}, { stored: { ...ANA, refresh } })).outcome.signed_out).toBe(true);
  });
});
