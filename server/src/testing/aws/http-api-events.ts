import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type TestResponse, toTestResponse } from '../app/response.ts';

/* Events and results of an HTTP API of API Gateway, as AWS documents payload format 2.0. */

export const DOMAIN = 'id.execute-api.us-east-1.amazonaws.com';
export const SOURCE_IP = '192.0.2.1';
export const INVOCATION = { awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95' };

export interface HttpRequestInit {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent unchanged, instead of `body`. */
  readonly raw?: string;
  readonly isBase64Encoded?: boolean;
  readonly cookies?: string[];
  readonly stage?: string;
  readonly sourceIp?: string;
}

/** @param target path and query */
export function eventOf(method: string, target: string, init: HttpRequestInit = {}): APIGatewayProxyEventV2 {
  const { headers = {}, body, stage = '$default', sourceIp = SOURCE_IP, cookies, isBase64Encoded = false } = init;
  const [rawPath = '', rawQueryString = ''] = target.split('?', 2);
  const content = init.raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: 'curl/8.9.0' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookies && { cookies }),
    headers: {
      accept: '*/*',
      host: DOMAIN,
      'user-agent': http.userAgent,
      'x-amzn-trace-id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...(content !== undefined && { 'content-length': String(Buffer.byteLength(content)) }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'id',
      domainName: DOMAIN,
      domainPrefix: 'id',
      http,
      stage,
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      time: '10/Mar/2020:05:16:23 +0000',
      timeEpoch: 1_583_817_383_220,
    },
    ...(content !== undefined && { body: content }),
    isBase64Encoded,
  };
}

/** What the client gets for a function's result. */
export function responseOf({
  statusCode = 0,
  headers = {},
  body = '',
  isBase64Encoded,
}: APIGatewayProxyStructuredResultV2): TestResponse {
  const fields = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return toTestResponse(statusCode, new Headers(fields), isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
}
