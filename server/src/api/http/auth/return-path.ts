/** Characters that a path has in a URL; no backslash, which browsers take for a slash, and no control character. */
const PATH = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@%/?#]*$/;
const LENGTH_MAX = 1024;

/** The path to return to after signing in: of our own site, else its start page. @param sent `return_to` as it was sent */
export function returnPath(sent: string | undefined): string {
  if (sent === undefined || sent.length > LENGTH_MAX || !PATH.test(sent)) return '/';
  const { origin, pathname, search, hash } = new URL(sent, 'http://localhost');
  const path = `${pathname}${search}${hash}`;
  // Dot segments are resolved by then: `/.//example.com` would be another site.
  return origin === 'http://localhost' && PATH.test(path) ? path : '/';
}
