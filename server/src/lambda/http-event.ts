import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/* HTTP as an HTTP API of API Gateway hands it to a function and takes it back: payload format 2.0. */

/** Of the connection, which is the gateway's own. */
const HOP_BY_HOP = 'connection';

/** @throws TypeError where the event tells no request */
export function requestOf(event: APIGatewayProxyEventV2): Request {
  const { domainName, http } = event.requestContext;
  const url = new URL(`https://${domainName}`);
  // Set rather than written down: the gateway gives the path decoded, so that it may hold what else would end it.
  url.pathname = pathOf(event);
  url.search = event.rawQueryString && `?${event.rawQueryString}`;
  const headers = headersOf(event);
  const body = http.method === 'GET' || http.method === 'HEAD' ? undefined : bodyOf(event);
  headers.delete('Content-Length');
  if (body) headers.set('Content-Length', String(body.length));
  return new Request(url, { method: http.method, headers, ...(body && { body }) });
}

/** A stage that has a name stands in front of every path, where the API knows nothing of it. */
function pathOf({ rawPath, requestContext: { stage } }: APIGatewayProxyEventV2): string {
  const prefix = `/${stage}`;
  return rawPath === prefix || rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
}

/** A header that was sent several times comes as one, its values joined; cookies come apart. */
function headersOf({ headers, cookies = [] }: APIGatewayProxyEventV2): Headers {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value);
  if (cookies.length > 0) sent.set('Cookie', cookies.join('; '));
  return sent;
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  // Node skips what is no base64, and would make another body of it.
  if (isBase64Encoded && bytes.toString('base64') !== body) throw new TypeError('the body is not base64');
  return bytes;
}

export async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const cookies = response.headers.getSetCookie();
  const headers = [...response.headers].filter(([name]) => name !== 'set-cookie' && name !== HOP_BY_HOP);
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = isUtf8(bytes);
  return {
    statusCode: response.status,
    headers: Object.fromEntries(headers),
    ...(cookies.length > 0 && { cookies }),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
