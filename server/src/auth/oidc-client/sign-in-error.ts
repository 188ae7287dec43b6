/** Why a user is not signed in: the `error` of the sign-in page. */
export const SIGN_IN_FAILURES = {
  denied: 'The user or the issuer has denied the sign-in.',
  email_unverified: 'The issuer has not verified the user’s e-mail address.',
  expired: 'The sign-in took longer than ten minutes, was finished before, or was begun in another browser.',
  failed: 'Something went wrong on our side.',
  not_configured: 'The server has no AUTH_CLIENT_ID.',
  rejected: 'What the issuer has sent is not valid. The server’s log has the reason.',
  unavailable: 'The issuer or the database can’t be reached.',
} as const;

export type SignInFailure = keyof typeof SIGN_IN_FAILURES;

/** Its cause has names, codes and messages only: the library's errors carry what the issuer has sent, such as claims. */
export class SignInError extends Error {
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure, cause?: unknown) {
    super(SIGN_IN_FAILURES[failure], cause === undefined ? undefined : { cause: new Error(describe(cause)) });
    this.name = 'SignInError';
    this.failure = failure;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  const text = `${error.name}${code}: ${error.message}`;
  return error.cause instanceof Error ? `${text}; ${describe(error.cause)}` : text;
}
