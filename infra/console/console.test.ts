import { beforeAll, describe, expect, it } from 'vitest';
import { readBackgroundConfig, readFunctionConfig } from '../../server/src/config/config.ts';
import { type Synthesized, synthesize } from '../testing/synthesized.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef';
const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/lending/12345678-90ab-cdef-1234-567890abcdef';
const ISSUER = { issuer: 'https://login.example.com/pool', audience: 'lending', clientId: 'console' };
const SITE = 'https://lending.example.org';
/** Of CloudFront's managed policies. */
const [CACHING_DISABLED, CACHING_OPTIMIZED] = ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', '658327ea-f89d-4fab-a63d-7e88639e58f6'];
const ALL_VIEWER_EXCEPT_HOST_HEADER = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

let prod: Synthesized;
/** With a domain and a web ACL, an issuer outside the stack, and mail. */
let own: Synthesized;

beforeAll(() => {
  prod = synthesize();
  const domain = { consoleDomain: 'lending.example.org', consoleCertificate: CERTIFICATE, webAcl: WEB_ACL };
  own = synthesize({ ...ISSUER, ...domain, mailFrom: 'post@example.org', retainData: false });
});

const distributionOf = ({ properties }: Synthesized) => properties('AWS::CloudFront::Distribution').DistributionConfig;
const variablesOf = ({ properties }: Synthesized, id: string) => properties('AWS::Lambda::Function', id).Environment.Variables;

/** The address of CloudFront, followed by a path. */
function atCloudFront(path = '') {
  const domain = { 'Fn::GetAtt': [expect.stringMatching(/^Console[0-9A-F]{8}$/), 'DomainName'] };
  return { 'Fn::Join': ['', ['https://', domain, ...(path === '' ? [] : [path])]] };
}

describe('addConsole', () => {
  it('forwards what is no file to the gateway, uncached and unchanged but for Host', () => {
    const { DefaultCacheBehavior: behavior, Origins } = distributionOf(prod);
    expect(behavior).toMatchObject({
      AllowedMethods: expect.arrayContaining(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']),
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
      ViewerProtocolPolicy: 'redirect-to-https',
      Compress: false,
    });
    const origin = Origins.find(({ Id }: { readonly Id: string }) => Id === behavior.TargetOriginId);
    expect(origin).toMatchObject({
      DomainName: { 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^Gateway/) }, '.execute-api.', ...REGION]] },
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
  });

  it('keeps no error, which would be another user’s response', () => {
    const errors: { readonly ErrorCode: number }[] = distributionOf(prod).CustomErrorResponses;
    for (const error of errors) expect(error).toEqual({ ErrorCode: error.ErrorCode, ErrorCachingMinTTL: 0 });
    const codes = errors.map(({ ErrorCode }) => ErrorCode);
    expect(codes).toEqual([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);
  });

  it('serves files from the bucket, compressed and cached, which only this distribution may read', () => {
    const [behavior, ...others] = distributionOf(prod).CacheBehaviors;
    expect(others).toEqual([]);
    expect(behavior).toMatchObject({
      PathPattern: '/assets/*',
      AllowedMethods: ['GET', 'HEAD'],
      CachePolicyId: CACHING_OPTIMIZED,
      Compress: true,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
    const origin = distributionOf(prod).Origins.find(({ Id }: { readonly Id: string }) => Id === behavior.TargetOriginId);
    expect(origin.OriginAccessControlId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^ConsoleAccess/), 'Id'] });
    const { Statement } = prod.properties('AWS::S3::BucketPolicy', 'ConsoleFiles').PolicyDocument;
    const [allowed, ...more] = Statement.filter(({ Effect }: { readonly Effect: string }) => Effect === 'Allow');
    expect(more).toEqual([]);
    expect(allowed).toMatchObject({ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } });
    const [, arn] = allowed.Condition.StringEquals['AWS:SourceArn']['Fn::Join'];
    expect(arn.at(-1)).toEqual({ Ref: expect.stringMatching(/^Console[0-9A-F]{8}$/) });
  });

  it('keeps the bucket private, and deletes it with the stack when retainData is false', () => {
    const bucket = ({ template }: Synthesized) =>
      Object.entries(template.findResources('AWS::S3::Bucket')).flatMap(([id, found]) =>
        id.startsWith('ConsoleFiles') ? [found] : [],
      )[0];
    expect(bucket(prod)).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true } },
    });
    expect(bucket(own)).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  it('has the setup function upload the files again when their names change, before the page is served', () => {
    expect(prod.properties('Custom::ConsoleFiles')).toMatchObject({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^Setup[0-9A-F]{8}$/), 'Arn'] },
      Bucket: { Ref: expect.stringMatching(/^ConsoleFiles/) },
      Files: ['index-1a.js'],
    });
    const api = Object.entries(prod.template.findResources('AWS::Lambda::Function')).find(([id]) => id.startsWith('Api'));
    expect(api?.[1]['DependsOn']).toContain('ConsoleUpload');
  });

  it('needs no function besides those of the program', () => {
    prod.template.resourceCountIs('AWS::Lambda::Function', 6);
    prod.template.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  });

  it('has its own domain and a web ACL where they are set', () => {
    expect(distributionOf(own)).toMatchObject({
      Aliases: ['lending.example.org'],
      ViewerCertificate: { AcmCertificateArn: CERTIFICATE, MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
      WebACLId: WEB_ACL,
    });
    for (const name of ['Aliases', 'ViewerCertificate', 'WebACLId']) expect(distributionOf(prod)).not.toHaveProperty(name);
    expect(own.json.Outputs.ConsoleUrl.Value).toBe(SITE);
  });

  it('names what is global in the account by stage and region', () => {
    const name = { 'Fn::Join': ['', ['private-lending-prod-console-', { Ref: 'AWS::Region' }]] };
    expect(prod.properties('AWS::CloudFront::ResponseHeadersPolicy').ResponseHeadersPolicyConfig.Name).toEqual(name);
    expect(prod.properties('AWS::CloudFront::OriginAccessControl').OriginAccessControlConfig.Name).toEqual(name);
  });
});

const REGION = [{ Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }];

describe('the address of the console', () => {
  it('is that of CloudFront by default, also in the links of mail, so that one deployment is enough', () => {
    const withMail = synthesize({ mailFrom: 'post@example.org' });
    for (const id of ['Api', 'Socket', 'Stream', 'Clock']) expect(variablesOf(withMail, id).PUBLIC_URL).toEqual(atCloudFront());
    for (const id of ['Import', 'Setup']) expect(variablesOf(withMail, id)).not.toHaveProperty('PUBLIC_URL');
    for (const id of ['Stream', 'Clock']) expect(variablesOf(prod, id)).not.toHaveProperty('PUBLIC_URL');
    expect(prod.json.Outputs.ConsoleUrl.Value).toEqual(atCloudFront());
  });

  it('is the own domain, or publicUrl, in settings that the program accepts', () => {
    const settings = { STORE: 'dynamodb:lending', FEED_URL: 'wss://feed.example.org/feed', SES_CONFIGURATION_SET: 'lending' };
    const config = readFunctionConfig({ ...variablesOf(own, 'Api'), ...settings });
    expect(config).toMatchObject({ mail: { publicUrl: SITE }, signIn: { kind: 'oidc', clientId: 'console' } });
    expect(readBackgroundConfig({ ...variablesOf(own, 'Clock'), ...settings }).mail.publicUrl).toBe(SITE);
    const elsewhere = synthesize({ ...ISSUER, publicUrl: 'https://example.org/lending/' });
    expect(variablesOf(elsewhere, 'Api').PUBLIC_URL).toBe('https://example.org/lending');
  });
});

describe('addConsoleClient', () => {
  const client = () => prod.properties('AWS::Cognito::UserPoolClient', 'UsersConsoleClient');

  it('creates a public client with the code flow, which leads back to the console only', () => {
    expect(client()).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [atCloudFront('/auth/callback')],
      LogoutURLs: [atCloudFront('/')],
      SupportedIdentityProviders: ['COGNITO'],
    });
  });

  it('has ID tokens that last as long as a session may, 12 hours', () => {
    expect([client().IdTokenValidity, client().TokenValidityUnits.IdToken]).toEqual([720, 'minutes']);
  });

  it('has the sign-in pages of Cognito at a domain that no other account has', () => {
    expect(prod.properties('AWS::Cognito::UserPoolDomain')).toMatchObject({
      Domain: { 'Fn::Join': ['', ['private-lending-prod-', { Ref: 'AWS::AccountId' }]] },
      ManagedLoginVersion: 2,
    });
    expect(prod.properties('AWS::Cognito::ManagedLoginBranding')).toMatchObject({
      ClientId: { Ref: expect.stringMatching(/^UsersConsoleClient/) },
      UseCognitoProvidedValues: true,
    });
    expect(prod.properties('AWS::Cognito::UserPool').UserPoolTier).toBe('ESSENTIALS');
  });

  it('is not created where the issuer is elsewhere', () => {
    for (const type of ['UserPoolClient', 'UserPoolDomain', 'ManagedLoginBranding'])
      own.template.resourceCountIs(`AWS::Cognito::${type}`, 0);
  });
});
