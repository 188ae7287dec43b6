import { type DomainError, forbidden } from '../../../domain/errors.ts';

/*
 * Which site a request comes from. Browsers name it in `Origin`, and in `Sec-Fetch-Site` where the server is reached by https or
 * on this machine; pages can set neither.
 */

export interface SiteHeaders {
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site` */
  readonly fetchSite: string | undefined;
}

/** Whether a request is from a page of our own origin. False where the headers don't say. @param own our own origin */
export function isOwnOrigin({ origin, fetchSite }: SiteHeaders, own: string): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  return origin === undefined ? fetchSite === 'same-origin' : origin === own;
}

/**
 * Whether a connection that stays open may be opened: no browser's, or that of a page of our own origin or an allowed one.
 * @internal exported for tests
 */
export function isAllowedOrigin(origin: string | undefined, own: string, corsOrigins: readonly string[]): boolean {
  return origin === undefined || origin === own || corsOrigins.includes(origin);
}

/** @param own our own origin @returns the error for a page of a site from which no connection that stays open may be opened */
export function siteError(origin: string | undefined, own: string, corsOrigins: readonly string[]): DomainError | undefined {
  if (isAllowedOrigin(origin, own, corsOrigins)) return undefined;
  return forbidden(`Pages of this Origin may not connect. Those of ${own} may, and of the origins in CORS_ORIGINS.`);
}

/** The path of PUBLIC_URL, without a slash at its end: empty where the server is at the root of its host. */
export function basePath(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
}

/**
 * The origin under which browsers reach the server.
 * @param publicUrl PUBLIC_URL
 * @param requested the origin of a request's URL
 * @param forwardedProtocol `X-Forwarded-Proto` of our own proxy; undefined without one
 */
export function ownOrigin(publicUrl: string | undefined, requested: string, forwardedProtocol: string | undefined): string {
  if (publicUrl !== undefined) return new URL(publicUrl).origin;
  const protocol = forwardedProtocol?.split(',').at(-1)?.trim().toLowerCase();
  if ((protocol !== 'https' && protocol !== 'http') || !URL.canParse(requested)) return requested;
  const { host } = new URL(requested);
  return new URL(`${protocol}://${host}`).origin;
}
