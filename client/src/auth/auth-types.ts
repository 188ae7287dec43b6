import type * as api from '../api.generated.ts';

/** How users of a server sign in: by a code sent by e-mail, at an OpenID Connect issuer, or at the local issuer for development. */
export type SignInMethod = api.ReadMeResponse['sign_in'];

export type SignedInUser = NonNullable<api.ReadMeResponse['user']>;

/** Has no `token` for a browser's session, whose cookie the response sets instead. */
export type SignInResponse = Pick<api.SignInByEmailResponse, 'expires_in' | 'token' | 'user_id'>;
