import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import { storeMetadataKey } from '../server/src/storage/keys.ts';
import type { Deployment } from './deployment.ts';

/** The partition of the secret, from which ids and the keys of links and cursors are derived. */
const METADATA = storeMetadataKey('secret').partition;
/** All actions that write an item. A transaction needs the permission of each operation in it. */
const WRITES = ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem'];

/** Everything but writing the secret. Denied, so that no other policy of the role can allow it. */
export function tableAccessPolicy(table: Table): PolicyStatement[] {
  const partiQl = ['PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate'];
  const operations = ['BatchGetItem', 'DeleteItem', 'GetItem', ...partiQl, 'PutItem', 'Query'];
  return [
    new PolicyStatement({ actions: toActions(operations), resources: [table.tableArn] }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: toActions(WRITES),
      resources: [table.tableArn],
      conditions: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [METADATA] } },
    }),
  ];
}

/** The partition of the secret and nothing else. */
export function metadataAccessPolicy(table: Table): PolicyStatement {
  return new PolicyStatement({
    actions: toActions(['BatchGetItem', 'GetItem', 'PutItem']),
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [METADATA] } },
  });
}

function toActions(operations: readonly string[]): string[] {
  return operations.map((name) => `dynamodb:${name}`);
}

export function indexAccessPolicy(table: Table): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${LAYOUT.index.name}`] });
}

/** The address or its domain may be the verified identity. SES requires both actions for raw mail, and the configuration set. */
export function sendEmailPolicy(stack: Stack, { settings: { mail }, name }: Deployment): PolicyStatement[] {
  if (!mail) return [];
  const { address } = mail;
  const arnOf = (resource: string, resourceName: string) => stack.formatArn({ service: 'ses', resource, resourceName });
  const identities = [address, address.slice(address.indexOf('@') + 1)].map((identity) => arnOf('identity', identity));
  return [
    new PolicyStatement({
      actions: ['ses:SendEmail', 'ses:SendRawEmail'],
      resources: [...identities, arnOf('configuration-set', name)],
      conditions: { StringEquals: { 'ses:FromAddress': address } },
    }),
  ];
}
