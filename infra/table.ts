import type { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import type { Deployment } from './deployment.ts';

/** The one table, with the layout that the program expects. */
export function addTable(stack: Stack, { name, settings, dataRemovalPolicy }: Deployment): Table {
  const table = new Table(stack, 'Table', {
    tableName: name,
    partitionKey: stringAttribute(LAYOUT.partition),
    sortKey: stringAttribute(LAYOUT.sort),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: LAYOUT.expiry,
    stream: StreamViewType.NEW_IMAGE,
    deletionProtection: settings.retainData,
    removalPolicy: dataRemovalPolicy,
  });
  table.addGlobalSecondaryIndex({
    indexName: LAYOUT.index.name,
    partitionKey: stringAttribute(LAYOUT.index.partition),
    sortKey: stringAttribute(LAYOUT.index.sort),
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
}

function stringAttribute(name: string) {
  return { name, type: AttributeType.STRING };
}
