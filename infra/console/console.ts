import { readdirSync } from 'node:fs';
import { CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Deployment } from '../deployment.ts';
import { suppressFinding } from '../suppress-finding.ts';
import { addDistribution } from './distribution.ts';

/** The paths and keys of the console's files: their names have a hash of the content. */
const ASSETS = 'assets/*';

export interface ConsoleProps {
  readonly gateway: HttpStage;
  /** The function that uploads the files. */
  readonly setup: LambdaFunction;
  /** Folder of the files, which that function's bundle has too. */
  readonly assets: string;
}

export interface Console {
  /** Where browsers reach the console and the API. Without a slash at the end. */
  readonly url: string;
  readonly distribution: Distribution;
  readonly bucket: Bucket;
  /** Exists once the files are in the bucket: what serves the page depends on it. */
  readonly files: CustomResource;
}

/** The console's files in a bucket, and CloudFront in front of them and of the HTTP API, so that both have one origin. */
export function addConsole(stack: Stack, deployment: Deployment, { gateway, setup, assets }: ConsoleProps): Console {
  const bucket = addBucket(stack, deployment);
  const distribution = addDistribution(stack, deployment, { gateway, bucket });
  const { consoleDomain } = deployment.settings;
  const url = `https://${consoleDomain?.name ?? distribution.domainName}`;
  return { url, distribution, bucket, files: addFiles(stack, { bucket, setup, assets }) };
}

function addBucket(stack: Stack, { dataRemovalPolicy }: Deployment): Bucket {
  const bucket = new Bucket(stack, 'ConsoleFiles', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: dataRemovalPolicy,
  });
  suppressFinding(bucket, 'AwsSolutions-S1', 'It has only files that everyone may read, and CloudFront alone reads them.');
  return bucket;
}

/** Files of earlier builds stay in the bucket, for pages that are open. */
function addFiles(
  stack: Stack,
  { bucket, setup, assets }: Pick<ConsoleProps, 'assets' | 'setup'> & { readonly bucket: Bucket },
): CustomResource {
  setup.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(ASSETS)] }));
  suppressFinding(
    setup.role ?? setup,
    `AwsSolutions-IAM5[Resource::<${stack.resolve(bucket.bucketArn)['Fn::GetAtt'][0]}.Arn>/${ASSETS}]`,
    'Each build has other names; only the folder is known beforehand.',
  );
  return new CustomResource(stack, 'ConsoleUpload', {
    serviceToken: setup.functionArn,
    resourceType: 'Custom::ConsoleFiles',
    // Lambda repeats a failed invocation after a minute. CloudFormation's default is an hour.
    serviceTimeout: Duration.minutes(5),
    // With the names, the files are uploaded again when they change.
    properties: { Bucket: bucket.bucketName, Files: readdirSync(assets).sort() },
  });
}
