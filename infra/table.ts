import type { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import type { Deployment } from './deployment.ts';

/** The one table, laid out as the program reads and writes it. */
export function addTable(stack: Stack, { name, settings, data }: Deployment): Table {
  const table = new Table(stack, 'Table', {
    tableName: name,
    partitionKey: text(LAYOUT.partition),
    sortKey: text(LAYOUT.sort),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: LAYOUT.expiry,
    stream: StreamViewType.NEW_IMAGE,
    deletionProtection: settings.retainData,
    removalPolicy: data,
  });
  table.addGlobalSecondaryIndex({
    indexName: LAYOUT.index.name,
    partitionKey: text(LAYOUT.index.partition),
    sortKey: text(LAYOUT.index.sort),
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
