import { Duration, type Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type Issuer, issuerEnvironment } from './auth.ts';
import type { Deployment } from './deployment.ts';
import { addFunction, type HandlerProps } from './functions.ts';
import { indexAccessPolicy, tableAccessPolicy } from './iam-policies.ts';

export interface ApiProps extends HandlerProps {
  readonly issuer: Issuer;
}

/** The function that handles HTTP requests. */
export function addApi(stack: Stack, deployment: Deployment, { bundle, table, issuer }: ApiProps): LambdaFunction {
  const { settings } = deployment;
  return addFunction(stack, deployment, {
    id: 'Api',
    description: 'Handles the HTTP requests of Private Lending',
    bundle,
    table,
    // 1 GB comes with more than half a core, so that a cold start, TLS and verifying a token take little of a request.
    memoryMb: 1024,
    // The gateway times out after 20 s; the program's own retries end well before this.
    timeout: Duration.seconds(15),
    environment: { ...issuerEnvironment(issuer), ...settings.environment },
    reservedConcurrency: settings.reservedConcurrency.api,
    policies: [...tableAccessPolicy(table), indexAccessPolicy(table)],
  });
}
