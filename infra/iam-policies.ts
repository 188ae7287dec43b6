import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import type { MailSettings } from './settings.ts';

/** Transactions need the right to each thing in them: here gets, puts and deletions; nothing is updated in place. */
export function tableAccessPolicy(table: Table): PolicyStatement[] {
  const actions = ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'].map((action) => `dynamodb:${action}`);
  return [
    new PolicyStatement({ actions, resources: [table.tableArn] }),
    new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${LAYOUT.index.name}`] }),
  ];
}

/** Mail from the one address, whether that is verified itself or its domain is. SES asks for both actions where a mail is handed over whole. */
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
