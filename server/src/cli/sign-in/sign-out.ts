import { type AuthClient, UnauthorizedError } from '@private-lending/client';
import { AdvisedError } from '../failure.ts';
import type { Credential, CredentialsFile } from './credentials-file.ts';
import { discover } from './issuer-client.ts';
import { storedToken } from './stored-token.ts';

export interface SignOutOptions {
  /** Of the server. */
  readonly url: string;
  readonly everywhere: boolean;
  readonly file: Pick<CredentialsFile, 'delete' | 'find' | 'update'>;
  readonly createAuth: (token: string) => AuthClient;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** For JSON output. */
export interface SignedOut {
  /** False where nobody was signed in. */
  readonly signed_out: boolean;
  readonly everywhere: boolean;
}

/**
 * Ends the session at the server, revokes the refresh token at the issuer, and deletes the credential. With `everywhere`, an error of
 * the server leaves the credential as it is.
 */
export async function signOut(options: SignOutOptions): Promise<SignedOut> {
  const { createAuth, everywhere, file, url } = options;
  const stored = file.find(url);
  if (!stored) return { signed_out: false, everywhere };
  try {
    const source = storedToken(options) ?? stored.token;
    const token = typeof source === 'string' || !everywhere ? stored.token : await source();
    await createAuth(token).signOut({ everywhere });
  } catch (error) {
    const hasEnded = error instanceof UnauthorizedError;
    if (everywhere) throw hasEnded ? new AdvisedError(error, 'Sign in again first: then all sessions can be ended.') : error;
    if (!hasEnded) {
      file.delete(url);
      throw new AdvisedError(error, `The login is deleted from this machine. The server ends its session at ${stored.expires_at}.`);
    }
  }
  await revoke(file.find(url) ?? stored);
  file.delete(url);
  return { signed_out: true, everywhere };
}

/** Revokes the refresh token, where the issuer responds and supports that (RFC 7009). */
async function revoke({ refresh }: Credential): Promise<void> {
  if (!refresh) return;
  try {
    const { tokenRevocation } = await import('openid-client');
    const configuration = await discover({ issuer: refresh.issuer, clientId: refresh.client_id });
    if (configuration.serverMetadata().revocation_endpoint !== undefined) await tokenRevocation(configuration, refresh.token);
  } catch {
    // The user is signed out of the server and of this machine.
  }
}
