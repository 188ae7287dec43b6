import { beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

let prod: Synthesized;
let trial: Synthesized;

beforeAll(() => {
  prod = synthesize();
  const issuer = { issuer: 'https://login.example.com/pool', audience: 'lending' };
  trial = synthesize({ stage: 'try', throttleRate: '20', throttleBurst: '40', authThrottleRate: '8', logDays: '7', ...issuer });
});

describe('addGateway', () => {
  it('forwards every request in payload version 2, without an authorizer and without CORS', () => {
    const routes = Object.values(prod.template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    const ofGateway = routes.filter(({ ApiId }) => ApiId.Ref.startsWith('Gateway'));
    expect(ofGateway.map(({ RouteKey }) => RouteKey)).toContain('$default');
    for (const { AuthorizationType, Target } of ofGateway) {
      expect([AuthorizationType, Target]).toEqual(['NONE', ofGateway[0]?.Target]);
    }
    expect(prod.properties('AWS::ApiGatewayV2::Integration', 'Gateway')).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
    expect(prod.properties('AWS::ApiGatewayV2::Api', 'Gateway')).not.toHaveProperty('CorsConfiguration');
    prod.template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
  });

  it('has a longer timeout than the function', () => {
    const { Timeout } = prod.properties('AWS::Lambda::Function', 'Api');
    expect(prod.properties('AWS::ApiGatewayV2::Integration', 'Gateway').TimeoutInMillis).toBeGreaterThan(Timeout * 1000);
  });

  it('throttles with default and configured limits', () => {
    const throttle = ({ properties }: Synthesized) => properties('AWS::ApiGatewayV2::Stage', 'Stage').DefaultRouteSettings;
    expect(throttle(prod)).toEqual({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
    expect(throttle(trial)).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
  });

  it('throttles GraphQL, imports, sign-in and each page without it apart, so that they and the rest do not starve each other', () => {
    const limits = (synthesized: Synthesized) =>
      Object.entries(synthesized.properties('AWS::ApiGatewayV2::Stage', 'Stage').RouteSettings).map(([route, settings]) => {
        const { ThrottlingRateLimit, ThrottlingBurstLimit } = Object(settings);
        return `${route}: ${ThrottlingRateLimit}, ${ThrottlingBurstLimit}`;
      });
    expect(limits(prod)).toEqual([
      'POST /graphql: 100, 200',
      'POST /loans/{loan_id}/lenders/imports: 10, 20',
      'ANY /auth/{call+}: 50, 100',
      'GET /: 50, 100',
      'GET /app/{page+}: 50, 100',
      'ANY /invite/{loan_id}: 50, 100',
      'ANY /mail/{action}: 50, 100',
      'GET /docs: 50, 100',
      'GET /openapi.json: 50, 100',
      'GET /health/{check}: 50, 100',
    ]);
    expect(limits(trial).slice(0, 4)).toEqual([
      'POST /graphql: 10, 20',
      'POST /loans/{loan_id}/lenders/imports: 1, 2',
      'ANY /auth/{call+}: 8, 16',
      'GET /: 5, 10',
    ]);
  });

  it('creates each route before the stage, which API Gateway would otherwise reject', () => {
    const [stage] = Object.entries(prod.template.findResources('AWS::ApiGatewayV2::Stage')).flatMap(([id, resource]) =>
      id.startsWith('Stage') ? [resource] : [],
    );
    const routes = Object.entries(prod.template.findResources('AWS::ApiGatewayV2::Route'));
    for (const key of Object.keys(stage?.['Properties'].RouteSettings)) {
      const [id] = routes.find(([, { Properties }]) => Properties.RouteKey === key) ?? [];
      expect([key, stage?.['DependsOn']]).toEqual([key, expect.arrayContaining([id])]);
    }
  });

  it('logs requests as JSON, without paths, queries, addresses or headers', () => {
    const { DestinationArn, Format } = prod.properties('AWS::ApiGatewayV2::Stage', 'Stage').AccessLogSettings;
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^AccessLog/), 'Arn'] });
    expect(Object.keys(JSON.parse(Format))).toEqual(
      expect.arrayContaining(['request_id', 'route', 'status', 'latency_ms', 'function_error']),
    );
    expect(Format).not.toMatch(/path|query|requestOverride|sourceIp|identity|authorizer|header|userAgent/i);
    const group = (synthesized: Synthesized) => synthesized.properties('AWS::Logs::LogGroup', 'AccessLog');
    expect(group(prod)).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-prod/access', RetentionInDays: 30 });
    expect(group(trial)).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-try/access', RetentionInDays: 7 });
  });
});
