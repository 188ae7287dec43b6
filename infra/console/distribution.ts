import { Duration, type Stack } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Deployment } from '../deployment.ts';
import { suppressFinding } from '../suppress-finding.ts';

/** All that CloudFront keeps by default, for 10 s and for everyone, although caching is disabled: one user's 404 would be another's. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** Serves `assets/*` from the bucket, and all else from the HTTP API. */
export function addDistribution(
  stack: Stack,
  { name, settings }: Deployment,
  { gateway, bucket }: { readonly gateway: HttpStage; readonly bucket: Bucket },
): Distribution {
  if (!isPlain(bucket)) throw new TypeError('the bucket is a website');
  const { consoleDomain, webAcl } = settings;
  // Unique in the account, as CloudFront is in no region.
  const globalName = `${name}-console-${stack.region}`;
  const originAccessControl = new S3OriginAccessControl(stack, 'ConsoleAccess', { originAccessControlName: globalName });
  const common = {
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: new ResponseHeadersPolicy(stack, 'ConsoleHeaders', {
      responseHeadersPolicyName: globalName,
      securityHeadersBehavior: {
        contentTypeOptions: { override: false },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: false },
      },
    }),
  } satisfies Partial<BehaviorOptions>;
  const distribution = new Distribution(stack, 'Console', {
    comment: `Private Lending, ${settings.stage}`,
    httpVersion: HttpVersion.HTTP2_AND_3,
    // The program sets the headers of its pages, and decides what may be cached: nothing that belongs to a user.
    defaultBehavior: {
      ...common,
      origin: new HttpOrigin(`${gateway.api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // API Gateway finds the API by its Host, so it is the only header that is not passed on.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      compress: false, // the program compresses what has no secrets
    },
    additionalBehaviors: {
      '/assets/*': {
        ...common,
        origin: S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        compress: true,
      },
    },
    errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    ...(consoleDomain && {
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      domainNames: [consoleDomain.name],
      certificate: Certificate.fromCertificateArn(stack, 'ConsoleCertificate', consoleDomain.certificateArn),
    }),
    ...(webAcl !== undefined && { webAclId: webAcl }),
  });
  suppressFindings(distribution, { hasDomain: consoleDomain !== undefined, hasWebAcl: webAcl !== undefined });
  return distribution;
}

function suppressFindings(
  distribution: Distribution,
  { hasDomain, hasWebAcl }: Readonly<Record<'hasDomain' | 'hasWebAcl', boolean>>,
) {
  suppressFinding(distribution, 'AwsSolutions-CFR1', 'Borrowers and the people they know may live in any country.');
  if (!hasWebAcl)
    suppressFinding(distribution, 'AwsSolutions-CFR2', 'An operator can attach a web ACL, which costs, by a setting.');
  suppressFinding(
    distribution,
    'AwsSolutions-CFR3',
    'The gateway and the program log each request, without addresses and paths, which this log would have.',
  );
  if (!hasDomain)
    suppressFinding(distribution, 'AwsSolutions-CFR4', 'CloudFront has one policy for its own domain; another domain has TLS 1.2.');
}

/** A bucket is an `IBucket` only so: the types of the CDK don't allow for `exactOptionalPropertyTypes`. */
function isPlain(bucket: Bucket): bucket is Bucket & { readonly isWebsite: false } {
  return bucket.isWebsite === false;
}
