import type { TestApp } from '../app/test-app.ts';
import { CookieJar } from '../cookie-jar.ts';

/** The `fetch` of a page that a test app has served: it keeps the site's cookies, and names its origin as a browser does. */
export function browserFetch({ app }: Pick<TestApp, 'app'>): typeof globalThis.fetch {
  const cookies = new CookieJar();
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    request.headers.set('Sec-Fetch-Site', 'same-origin');
    if (request.method !== 'GET') request.headers.set('Origin', origin);
    if (cookies.size > 0) request.headers.set('Cookie', cookies.header());
    const response = await app.fetch(request);
    cookies.update(response);
    return response;
  };
}
