import { CookieJar } from '../cookie-jar.ts';
import { createRequest } from './http-client.ts';
import { requireOpenApiConformance } from './openapi-conformance.ts';
import { readResponse } from './response.ts';
import type { TestApp } from './test-app.ts';

interface BrowserRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether it is a navigation from another site, with which a browser sends no strict cookie. */
  readonly isFromOtherSite?: boolean;
}

export type Browser = ReturnType<typeof openBrowser>;

/** A browser that keeps the cookies of a test app's site. @param site its origin, as the browser sees it */
export function openBrowser({ app }: Pick<TestApp, 'app'>, site = 'http://localhost:3000') {
  const cookies = new CookieJar();

  async function send(method: string, target: string, { headers, body, isFromOtherSite }: BrowserRequest = {}) {
    const cookie = cookies.header(({ text }) => !isFromOtherSite || !text.includes('SameSite=Strict'));
    const url = new URL(target, site);
    const raw = await app.fetch(createRequest(method, url, { headers: { ...headers, Cookie: cookie }, body }));
    cookies.update(raw);
    const response = await readResponse(raw);
    requireOpenApiConformance(method, url.pathname, response);
    return response;
  }

  /** A request as a page of the console sends it. */
  const call = (method: string, path: string, body?: unknown) =>
    send(method, path, { headers: { 'X-Lending-Console': '1', Origin: site }, body });

  return {
    cookies,
    send,
    call,
    get: (target: string) => send('GET', target),
    /** The cookie of the session, if there is one. */
    session: () => cookies.get('__Host-lending-session') ?? cookies.get('lending-session'),
    /** Puts a cookie of another browser into this one. */
    plant(name: string, cookie: ReturnType<CookieJar['get']>): void {
      if (cookie) cookies.set(name, cookie);
    },
    /** The user who is signed in, or null. */
    me: async () => (await call('GET', '/auth/me')).body.user,
    signInLocally: (claims: object) => call('POST', '/local/token', claims),
  };
}

/** Changes a sealed text: one character in its middle, all of whose bits count. */
export function tampered(sealed: string): string {
  const at = sealed.length - 10;
  return `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
}
