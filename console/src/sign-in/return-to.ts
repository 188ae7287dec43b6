const SIGN_IN = '/app/sign-in';
/** Of no site: what leaves it is not a path of ours. */
const ORIGIN = 'https://own.invalid';

/**
 * Returns the path to show after sign-in, `/` for what is not a path of the console: another site, in any of the forms that browsers
 * accept (`//host`, `/\host`, a scheme), or the sign-in page itself.
 * @param text `return_to` of the address, which anybody may have written
 */
export function safeReturnTo(text: string | null | undefined): string {
  if (text === null || text === undefined || !/^\/(?!\/)[^\\\p{Cc}]*$/u.test(text)) return '/';
  const { origin, pathname } = new URL(text, ORIGIN);
  if (origin !== ORIGIN || pathname.startsWith('//') || pathname.replace(/(?<!\/)\/+$/, '') === SIGN_IN) return '/';
  return text;
}

/** Whether a path is that of an invitation, which only the address that was invited can read. */
export function isInvitationPath(path: string): boolean {
  return path.startsWith('/app/invitations/');
}

/**
 * Why nobody is signed in. `ended`: the session has ended, here or elsewhere. `signed-out`: the user has just signed out here,
 * `signed-out-everywhere`: on all devices.
 */
export type SignedOutReason = 'ended' | 'signed-out' | 'signed-out-everywhere';

/** The address of the sign-in page that leads to a path afterwards. @param reason left out for those who have not been signed in */
export function signInPath(returnTo: string, reason?: SignedOutReason): string {
  const parameters = new URLSearchParams({
    ...(returnTo !== '/' && { return_to: returnTo }),
    ...(reason && { reason }),
  });
  return parameters.size === 0 ? SIGN_IN : `${SIGN_IN}?${parameters}`;
}
