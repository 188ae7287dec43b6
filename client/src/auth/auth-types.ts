/** How users of a server sign in: by a code sent by e-mail, at an OpenID Connect issuer, or at the local issuer for development. */
export type SignInMethod = 'email' | 'local' | 'oidc';

export interface SignedInUser {
  readonly user_id: string;
  /** Null without a verified address. */
  readonly email: string | null;
  readonly name: string | null;
  /** RFC 3339. */
  readonly expires_at: string;
}

export interface MeResponse {
  readonly success: true;
  readonly sign_in: SignInMethod;
  /** Null if nobody is signed in. */
  readonly user: SignedInUser | null;
  /** Of the WebSocket feed, for `watchLoan`, where it has a URL of its own. */
  readonly feed_url: string | null;
  /** Of OpenID Connect, with the client id for programs. */
  readonly issuer: string | null;
  readonly client_id: string | null;
}

export interface RequestCodeResponse {
  readonly success: true;
  /** Belongs to the code: only who has it can sign in with the code. */
  readonly challenge: string;
  /** Seconds until the code expires. */
  readonly expires_in: number;
}

export interface SignInResponse {
  readonly success: true;
  /** Absent for a browser's session, whose cookie the response sets instead. */
  readonly token?: string;
  readonly user_id: string;
  /** Seconds until the token or the session expires. */
  readonly expires_in: number;
}

export interface SignOutResponse {
  readonly success: true;
  /** Where to sign out of the issuer too. */
  readonly logout_url: string | null;
}

export interface FeedTicketResponse {
  readonly success: true;
  /** Stands in for a token in the feed's `subscribe`, for one loan. */
  readonly ticket: string;
  /** Seconds. */
  readonly expires_in: number;
}
