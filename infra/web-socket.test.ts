import { beforeAll, describe, expect, it } from 'vitest';
import { readFeedEndpoint, readFunctionConfig } from '../server/src/config/config.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

let prod: Synthesized;
let trial: Synthesized;

beforeAll(() => {
  prod = synthesize();
  const issuer = { issuer: 'https://login.example.com/pool', audience: 'lending' };
  trial = synthesize({ stage: 'try', throttleRate: '20', throttleBurst: '40', logDays: '7', ...issuer });
});

const variablesOf = ({ properties }: Synthesized, id: string) => properties('AWS::Lambda::Function', id).Environment.Variables;

describe('addWebSocket', () => {
  it('forwards messages and disconnects to the program, but not connects', () => {
    const routes = Object.entries(prod.template.findResources('AWS::ApiGatewayV2::Route')).filter(([id]) => id.startsWith('Feed'));
    expect(routes.map(([, { Properties }]) => [Properties.RouteKey, Properties.AuthorizationType])).toEqual([
      ['$disconnect', 'NONE'],
      ['$default', 'NONE'],
    ]);
    expect(prod.properties('AWS::ApiGatewayV2::Api', 'Feed')).toMatchObject({
      ProtocolType: 'WEBSOCKET',
      Name: 'private-lending-prod-feed',
    });
  });

  it('has the path /feed, as the standalone server', () => {
    const id = expect.stringMatching(/^Feed[0-9A-F]{8}$/);
    const [, parts] = prod.json.Outputs.FeedUrl.Value['Fn::Join'];
    expect(parts).toEqual([
      'wss://',
      { Ref: id },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/feed',
    ]);
    expect(prod.properties('AWS::ApiGatewayV2::Stage', 'FeedStage').StageName).toBe('feed');
  });

  it('sets the endpoint of the connections for the functions that manage them', () => {
    for (const id of ['Socket', 'Stream']) {
      const [, parts] = variablesOf(prod, id).FEED_ENDPOINT['Fn::Join'];
      const endpoint = parts.map((part: unknown) => (typeof part === 'string' ? part : 'part')).join('');
      expect(readFeedEndpoint({ FEED_ENDPOINT: endpoint })).toBe('https://part.execute-api.part.part/feed');
    }
    expect(variablesOf(prod, 'Api')).not.toHaveProperty('FEED_ENDPOINT');
  });

  it('sets environment variables that the program accepts', () => {
    const { STORE, FEED_ENDPOINT, PUBLIC_URL, ...variables } = variablesOf(trial, 'Socket');
    expect([STORE, FEED_ENDPOINT, PUBLIC_URL]).toEqual([expect.anything(), expect.anything(), expect.anything()]);
    expect(readFunctionConfig({ ...variables, STORE: 'dynamodb:private-lending-try' })).toMatchObject({
      table: 'private-lending-try',
    });
  });

  it('throttles with default and configured limits', () => {
    const throttle = ({ properties }: Synthesized) => properties('AWS::ApiGatewayV2::Stage', 'FeedStage').DefaultRouteSettings;
    expect(throttle(prod)).toEqual({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
    expect(throttle(trial)).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
    const apart = synthesize({ throttleRate: '20', feedThrottleRate: '60' });
    expect(throttle(apart)).toEqual({ ThrottlingRateLimit: 60, ThrottlingBurstLimit: 120 });
  });

  it('logs routes as JSON, without queries, addresses or messages', () => {
    const { DestinationArn, Format } = prod.properties('AWS::ApiGatewayV2::Stage', 'FeedStage').AccessLogSettings;
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^FeedAccessLog/), 'Arn'] });
    expect(Object.keys(JSON.parse(Format))).toEqual(expect.arrayContaining(['request_id', 'route', 'status', 'function_error']));
    expect(Format).not.toMatch(/path|query|sourceIp|identity|authorizer|header|userAgent|body/i);
    const group = trial.properties('AWS::Logs::LogGroup', 'FeedAccessLog');
    expect(group).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-try/feed', RetentionInDays: 7 });
  });
});
