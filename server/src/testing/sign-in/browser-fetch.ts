import type { TestApp } from '../app/test-app.ts';

/** The `fetch` of a page that a test app has served: it keeps the site's cookies, and names its origin as a browser does. */
export function browserFetch({ app }: Pick<TestApp, 'app'>): typeof globalThis.fetch {
  const cookies = new Map<string, string>();
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    request.headers.set('Sec-Fetch-Site', 'same-origin');
    if (request.method !== 'GET') request.headers.set('Origin', origin);
    if (cookies.size > 0) request.headers.set('Cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    const response = await app.fetch(request);
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (/; Max-Age=0/.test(text)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
}
