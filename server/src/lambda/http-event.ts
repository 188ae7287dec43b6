import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/* Requests and responses of an HTTP API of API Gateway, payload format 2.0. */

/** Belongs to the connection, which is the gateway's. */
const HOP_BY_HOP = 'connection';

/** @throws TypeError if the event is not a valid request */
export function requestOf(event: APIGatewayProxyEventV2): Request {
  const { domainName, http } = event.requestContext;
  const url = new URL(`https://${domainName}`);
  // Set as properties: the gateway decodes the path, so it may have characters such as `?` that end a path.
  url.pathname = pathOf(event);
  url.search = event.rawQueryString && `?${event.rawQueryString}`;
  const headers = headersOf(event);
  const body = http.method === 'GET' || http.method === 'HEAD' ? undefined : bodyOf(event);
  headers.delete('Content-Length');
  if (body) headers.set('Content-Length', String(body.length));
  return new Request(url, { method: http.method, headers, ...(body && { body }) });
}

/** The path without the prefix of a named stage. */
function pathOf({ rawPath, requestContext: { stage } }: APIGatewayProxyEventV2): string {
  const prefix = `/${stage}`;
  return rawPath === prefix || rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
}

/** The gateway joins repeated headers, but passes cookies separately. */
function headersOf({ headers, cookies = [] }: APIGatewayProxyEventV2): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) result.set(name, value);
  if (cookies.length > 0) result.set('Cookie', cookies.join('; '));
  return result;
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  // Node ignores invalid base64 characters, which would change the body.
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
