import { type AuthClient, NotFoundError, type ReadMeResponse, type SignedInUser } from '@private-lending/client';
import { isSecure } from '../../auth/loopback.ts';
import { AdvisedError } from '../failure.ts';
import { UsageError } from '../lending-command.ts';
import type { Credential, CredentialsFile } from './credentials-file.ts';
import { adviceOnClient, type IssuerClient, type IssuerTokens } from './issuer-client.ts';
import { type IssuerSignInOptions, signInByBrowser, signInByDevice } from './sign-in-at-issuer.ts';
import { signInByEmail } from './sign-in-by-email.ts';
import type { Terminal } from './terminal.ts';

/** Until the user has signed in at the issuer. */
const TIMEOUT_MS = 300_000;

export interface SignInOptions {
  /** Of the server. */
  readonly url: string;
  readonly email: string | undefined;
  readonly usesDevice: boolean;
  /** Of the CLI at the issuer, if the user has named one. */
  readonly clientId: string | undefined;
  readonly terminal: Terminal;
  readonly file: Pick<CredentialsFile, 'save'>;
  /** `session` is false. */
  readonly createAuth: (token?: string) => AuthClient;
  readonly openBrowser: (url: URL) => void;
  /** What the user types to sign in. */
  readonly typed: string;
}

/** Signs in by the method of the server, and stores the credential. @returns who is signed in */
export async function signIn(options: SignInOptions): Promise<SignedInUser> {
  const { file, terminal, url } = options;
  if (!isSecure(new URL(url)))
    terminal.print(`Warning: ${url} is not https. Others on the network can read your token and use it.`);
  const state = await readState(options);
  if (options.usesDevice && state.sign_in !== 'oidc')
    throw new UsageError(`--device is for servers that sign in at an OpenID Connect issuer; ${url} does not.`);
  const { user, ...credential } = state.sign_in === 'oidc' ? await atIssuer(state, options) : await atServer(state, options);
  file.save(url, { ...credential, expires_at: user.expires_at, email: user.email });
  return user;
}

type SignedIn = Pick<Credential, 'refresh' | 'token'> & { readonly user: SignedInUser };

async function readState({ createAuth, url }: SignInOptions): Promise<ReadMeResponse> {
  try {
    return await createAuth().me();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new UsageError(`The server at ${url} has no sign-in for this command: it has an earlier version.`);
  }
}

async function atServer({ sign_in }: ReadMeResponse, options: SignInOptions): Promise<SignedIn> {
  const { createAuth, email, terminal } = options;
  if (sign_in === 'email' || email === undefined) requireTerminal(options);
  const auth = createAuth();
  const token =
    sign_in === 'email'
      ? await signInByEmail(auth, terminal, email)
      : ((await auth.signInLocally({ email: email ?? (await terminal.ask('E-mail address: ')) })).token ?? '');
  const { user } = await createAuth(token).me();
  if (!user) throw new UsageError('The server does not accept the token that it has issued. Sign in again.');
  return { token, user };
}

async function atIssuer({ issuer, client_id }: ReadMeResponse, options: SignInOptions): Promise<SignedIn> {
  requireTerminal(options);
  const clientId = options.clientId ?? client_id;
  if (issuer === null || clientId === null)
    throw new AdvisedError(new UsageError('The server names no client for programs at its issuer.'), adviceOnClient());
  const settings: IssuerSignInOptions = { ...options, issuer, clientId, timeoutMs: TIMEOUT_MS };
  const tokens = await (options.usesDevice ? signInByDevice(settings) : signInByBrowser(settings));
  return await acceptedBy(options, tokens, { issuer, clientId });
}

/** Servers accept the ID token or the access token, by their audience. */
async function acceptedBy(
  { createAuth }: SignInOptions,
  tokens: IssuerTokens,
  { issuer, clientId }: IssuerClient,
): Promise<SignedIn> {
  for (const [renews, token] of [
    ['id_token', tokens.idToken],
    ['access_token', tokens.accessToken],
  ] as const) {
    const user = token === undefined ? null : (await createAuth(token).me()).user;
    if (token === undefined || !user) continue;
    if (tokens.refreshToken === undefined) return { token, user };
    return { token, user, refresh: { token: tokens.refreshToken, issuer, client_id: clientId, renews } };
  }
  const error = new UsageError(`The server accepts no token of the client ${clientId}.`);
  throw new AdvisedError(
    error,
    `Its setting AUTH_AUDIENCE has to list ${clientId}, or set LENDING_CLIENT_ID to a client that it lists.`,
  );
}

function requireTerminal({ terminal, typed }: SignInOptions): void {
  if (terminal.isInteractive) return;
  const error = new UsageError('Signing in needs a terminal, and there is none.');
  throw new AdvisedError(error, `Run "${typed}" in a terminal. In scripts, set LENDING_TOKEN.`);
}
