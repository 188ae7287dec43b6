import { Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Issuer } from './auth.ts';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { tableAccessPolicy } from './iam-policies.ts';

interface ApiProps {
  readonly bundle: string;
  readonly table: Table;
  readonly issuer: Issuer;
}

/** The function that answers every request. */
export function addApi(stack: Stack, deployment: Deployment, { bundle, table, issuer }: ApiProps): LambdaFunction {
  const { settings, name } = deployment;
  return addFunction(stack, deployment, {
    id: 'Api',
    name: `${name}-api`,
    description: 'Answers every request of Private Lending',
    bundle,
    // Memory buys processor time: at 1 GB more than half a core, so that a start, TLS and a token's signature take little of a request.
    memoryMb: 1024,
    // The gateway gives up after 30 s; the program's own retries end well before this.
    timeout: Duration.seconds(15),
    environment: {
      STORE: `dynamodb:${table.tableName}`,
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: issuer.audience,
      ...settings.environment,
    },
    reservedConcurrency: settings.reservedConcurrency,
    may: tableAccessPolicy(table),
  });
}
