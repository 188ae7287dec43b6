import type * as api from '../api.generated.ts';
import { type ApiPromise, toApiPromise } from '../http/api-promise.ts';
import { parseJsonObject, type RequestSpec } from '../http/request.ts';
import { Transport } from '../http/transport.ts';
import { type AuthClientOptions, type CallOptions, resolveOptions, type Settings } from '../options.ts';
import type { SignInResponse } from './auth-types.ts';
import { feedTicketRequest } from './feed-ticket-request.ts';

/** Sent once unless `maxAttempts` says otherwise: a retry would send a second mail, or use up a try of the code. */
const ONCE = { maxAttempts: 1 } as const;

/**
 * Signs users in and out. In a page of the server, without further options, the session is a cookie that the page can't read;
 * a program with `session: false` gets a token, and signs out with it as its `token`. Errors are those of `LendingClient`.
 * @example
 * const signIn = new AuthClient({ url: 'https://lending.example.com' });
 * const { challenge } = await signIn.requestCode('ana@example.com');
 * await signIn.verifyCode({ challenge, code: '12345678' });
 */
export class AuthClient {
  readonly #settings: Settings;
  readonly #transport: Transport;

  /** @throws TypeError or RangeError for invalid options */
  constructor(options: AuthClientOptions) {
    this.#settings = resolveOptions(options, { kind: 'session' });
    this.#transport = new Transport(this.#settings);
  }

  /**
   * Returns how users of the server sign in, and who is signed in.
   * @example
   * const { sign_in, user } = await auth.me();
   */
  me(options: CallOptions = {}): ApiPromise<api.ReadMeResponse> {
    return this.#call({ operation: 'me', method: 'GET', path: 'auth/me' }, options);
  }

  /**
   * Changes the user's name, unless it comes from an OpenID Connect issuer.
   * @example
   * await auth.changeName('Ana Lima');
   */
  changeName(name: string, options: CallOptions = {}): ApiPromise<api.ReadMeResponse> {
    return this.#call({ operation: 'changeName', method: 'PATCH', path: 'auth/me', body: { name } }, options);
  }

  /**
   * Has the server send a code to an address. The response is the same for every address. Not retried.
   * @param options `language` of the mail; by default that of the server's other mails
   * @example
   * const { challenge, expires_in } = await auth.requestCode('ana@example.com', { language: 'de' });
   */
  requestCode(
    email: string,
    { language, ...options }: CallOptions & Pick<api.RequestSignInCodeData['body'], 'language'> = {},
  ): ApiPromise<api.RequestSignInCodeResponse> {
    const spec = { operation: 'requestCode', method: 'POST', path: 'auth/email', body: { email, language } } as const;
    return this.#call(spec, { ...ONCE, ...options });
  }

  /**
   * Signs in with a code. Not retried, as each request with a wrong code uses up a try.
   * @param body the challenge of `requestCode`, the code of 8 digits, and the name of a new user
   * @example
   * const { user_id } = await auth.verifyCode({ challenge: 'CHALLENGE', code: '12345678', name: 'Ana' });
   */
  verifyCode(
    body: { readonly challenge: string; readonly code: string; readonly name?: string | undefined },
    options: CallOptions = {},
  ): ApiPromise<SignInResponse> {
    const spec = { operation: 'verifyCode', method: 'POST', path: 'auth/email/verify', body } as const;
    return this.#call(spec, { ...ONCE, ...options });
  }

  /**
   * Signs in at the local issuer, which only servers for development have.
   * @example
   * await auth.signInLocally({ email: 'ana@example.com' });
   */
  signInLocally(
    body: { readonly email: string; readonly name?: string | undefined },
    options: CallOptions = {},
  ): ApiPromise<SignInResponse> {
    return this.#call({ operation: 'signInLocally', method: 'POST', path: 'local/token', body }, options);
  }

  /**
   * Ends the session, or with `everywhere` all sessions of the user.
   * @example
   * const { logout_url } = await auth.signOut({ everywhere: true });
   */
  signOut(body: { readonly everywhere?: boolean | undefined } = {}, options: CallOptions = {}): ApiPromise<api.SignOutResponse> {
    return this.#call({ operation: 'signOut', method: 'POST', path: 'auth/logout', body }, options);
  }

  /**
   * Returns a ticket that replaces the token in the feed's `subscribe`, for one loan and one minute. `watchLoan` gets its own.
   * @example
   * const { ticket } = await auth.createFeedTicket(loanId);
   */
  createFeedTicket(loanId: string, options: CallOptions = {}): ApiPromise<api.CreateFeedTicketResponse> {
    return this.#call(feedTicketRequest(loanId), options);
  }

  /**
   * Returns the URL at which a browser signs in, by whatever method the server has. The browser comes back signed in.
   * @param returnTo a path of the server, such as `/app/loans/new`
   * @example
   * const url: string = auth.loginUrl('/app/loans/new');
   */
  loginUrl(returnTo = '/'): string {
    const url = new URL('auth/login', this.#settings.url);
    url.searchParams.set('return_to', returnTo);
    return url.href;
  }

  #call<T>(spec: Omit<RequestSpec<T>, 'parse'>, options: CallOptions): ApiPromise<T> {
    return toApiPromise(this.#transport.send<T>({ ...spec, parse: parseJsonObject }, options));
  }
}
