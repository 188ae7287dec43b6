import { once } from 'node:events';
import { createServer } from 'node:http';

const PATH = '/callback';
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  Connection: 'close',
};

export interface LoopbackListener {
  /** Of this sign-in; the port is random. */
  readonly redirectUri: string;
  /** The URL with which the issuer sends the browser back. */
  readonly callback: Promise<URL>;
  close(): void;
}

/**
 * Waits on 127.0.0.1 for the browser to come back from the issuer (RFC 8252, section 7.3). Only a request with the state of this
 * sign-in counts, and a page of another site can't reach it under its own host name.
 */
export async function listenForCallback(state: string): Promise<LoopbackListener> {
  let resolve: (url: URL) => void = () => {};
  const callback = new Promise<URL>((resolved) => {
    resolve = resolved;
  });
  const server = createServer((request, response) => {
    const { method, headers, url: target = '' } = request;
    const url = new URL(redirectUri); // not of the target, which may be no URL at all
    const isCallback = method === 'GET' && target.startsWith(`${PATH}?`) && headers.host === url.host;
    url.search = target.slice(PATH.length);
    if (!isCallback) return response.writeHead(404, HEADERS).end();
    if (url.searchParams.get('state') !== state) {
      return response
        .writeHead(400, HEADERS)
        .end(page('This is not the sign-in that waits in the terminal. Open its newest link.'));
    }
    const hasFailed = url.searchParams.has('error');
    response.writeHead(200, HEADERS).end(page(hasFailed ? 'The sign-in has failed.' : 'The terminal is signed in.'));
    return resolve(url);
  });
  server.on('connection', (socket) => socket.unref()); // browsers open some that they never use
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const redirectUri = `http://127.0.0.1:${Object(server.address()).port}${PATH}`;
  return {
    redirectUri,
    callback,
    close() {
      server.close();
      server.closeIdleConnections(); // the page is sent to its end
    },
  };
}

function page(text: string): string {
  return `<!doctype html><html lang="en"><title>Private Lending</title><p>${text} You can close this page.</p></html>\n`;
}
