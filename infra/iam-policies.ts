import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import type { MailSettings } from './settings.ts';

/** A transaction needs the permission of each operation in it: gets, puts and deletes. */
export function tableAccessPolicy(table: Table): PolicyStatement {
  const operations = ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'];
  return new PolicyStatement({ actions: operations.map((name) => `dynamodb:${name}`), resources: [table.tableArn] });
}

export function indexAccessPolicy(table: Table): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${LAYOUT.index.name}`] });
}

/** The address or its domain may be the verified identity. SES requires both actions for raw mail. */
export function sendEmailPolicy(stack: Stack, mail: MailSettings | undefined): PolicyStatement[] {
  if (!mail) return [];
  const { address } = mail;
  const identities = [address, address.slice(address.indexOf('@') + 1)];
  return [
    new PolicyStatement({
      actions: ['ses:SendEmail', 'ses:SendRawEmail'],
      resources: identities.map((resourceName) => stack.formatArn({ service: 'ses', resource: 'identity', resourceName })),
      conditions: { StringEquals: { 'ses:FromAddress': address } },
    }),
  ];
}
