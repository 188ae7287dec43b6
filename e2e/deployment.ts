import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bearer } from '../server/src/testing/app/http-client.ts';
import type { TestResponse } from '../server/src/testing/app/response.ts';
import { eventOf, type HttpRequestInit, INVOCATION, responseOf } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint } from '../server/src/testing/dynamodb/tables.ts';
import { AUDIENCE, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { bundleOf, type FunctionName, functionSettings, type LambdaFunction, startFunction } from './lambda-function.ts';

type Settings = Readonly<Record<string, string>>;

export type Deployment = Awaited<ReturnType<typeof openDeployment>>;
export type ApiFunction = Awaited<ReturnType<Deployment['startApi']>>;

/** The functions of one table, which trust one identity provider. */
export async function openDeployment(table: string) {
  const provider = await startIdentityProvider();
  const started: LambdaFunction[] = [];

  async function start(name: FunctionName, settings: Settings = {}): Promise<LambdaFunction> {
    const isPublic = name === 'api' || name === 'socket';
    const issuer = isPublic && { AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE, REQUESTS_PER_SECOND: '0' };
    const lambda = await startFunction(bundleOf(name), { ...functionSettings(table, endpoint), ...issuer, ...settings });
    started.push(lambda);
    return lambda;
  }

  return {
    start,
    /** The provider's redirect after a user has signed in at the page. */
    visit: provider.visit,
    /** @returns a token of a user with these claims */
    signIn: provider.signIn,
    /** The API function, and a signed-in user who calls it. */
    async startApi(settings: Settings = {}) {
      const api = await start('api', settings);
      const token = await provider.signIn({ sub: 'ana', email: 'ana@example.com', email_verified: true });
      return {
        ...api,
        token,
        async send(method: string, target: string, { headers, ...sent }: HttpRequestInit = {}): Promise<TestResponse> {
          const event = eventOf(method, target, { ...sent, headers: { ...bearer(token), ...headers } });
          return responseOf(await api.invoke<APIGatewayProxyStructuredResultV2>(event, INVOCATION));
        },
      };
    },
    async close(): Promise<void> {
      await Promise.all(started.map((lambda) => lambda.stop()));
      await provider.close();
    },
  };
}
