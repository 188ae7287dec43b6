import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bearer } from '../server/src/testing/app/http-client.ts';
import type { Answer } from '../server/src/testing/app/response.ts';
import { eventOf, type HttpRequestInit, INVOCATION, responseOf } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint } from '../server/src/testing/dynamodb/tables.ts';
import { AUDIENCE, type IdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { API, startFunction } from './lambda-function.ts';

/** The trace that X-Ray says each invocation is part of. */
export const TRACE = '5759e988bd862e3fe1be46a994272793';

/** What AWS itself sets in a function's environment. */
export const OF_AWS = {
  ...{ AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
};

export type ApiFunction = Awaited<ReturnType<typeof startApiFunction>>;

/** One environment of the API's function, and somebody who calls it. */
export async function startApiFunction(provider: IdentityProvider, table: string, settings: Readonly<Record<string, string>> = {}) {
  const there = { STORE: `dynamodb:${table}`, AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE, REQUESTS_PER_SECOND: '0' };
  const api = await startFunction(API, { ...OF_AWS, ...there, AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '', ...settings });
  const token = await provider.signIn({ sub: 'ana', email: 'ana@example.com', email_verified: true });
  return {
    ...api,
    token,
    async send(method: string, target: string, { headers, ...sent }: HttpRequestInit = {}): Promise<Answer> {
      const event = eventOf(method, target, { ...sent, headers: { ...bearer(token), ...headers } });
      return responseOf(await api.invoke<APIGatewayProxyStructuredResultV2>(event, INVOCATION));
    },
  };
}
