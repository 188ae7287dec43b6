import { beforeAll, describe, expect, it } from 'vitest';
import { readFeedEndpoint, readFunctionConfig } from '../server/src/config/config.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

let made: Synthesized;
let passing: Synthesized;

beforeAll(() => {
  made = synthesize();
  const issuer = { issuer: 'https://login.example.com/pool', audience: 'lending' };
  passing = synthesize({ stage: 'try', throttleRate: '20', throttleBurst: '40', logDays: '7', ...issuer });
});

const variablesOf = ({ properties }: Synthesized, id: string) => properties('AWS::Lambda::Function', id).Environment.Variables;

describe('the feed', () => {
  it('hands what connections say, and that they ended, to the program; that they began, to nobody', () => {
    const routes = Object.entries(made.template.findResources('AWS::ApiGatewayV2::Route')).filter(([id]) => id.startsWith('Feed'));
    expect(routes.map(([, { Properties }]) => [Properties.RouteKey, Properties.AuthorizationType])).toEqual([
      ['$disconnect', 'NONE'],
      ['$default', 'NONE'],
    ]);
    expect(made.properties('AWS::ApiGatewayV2::Api', 'Feed')).toMatchObject({
      ProtocolType: 'WEBSOCKET',
      Name: 'private-lending-prod-feed',
    });
  });

  it('has the path that it has everywhere', () => {
    const id = expect.stringMatching(/^Feed[0-9A-F]{8}$/);
    const [, parts] = made.json.Outputs.FeedUrl.Value['Fn::Join'];
    expect(parts).toEqual([
      'wss://',
      { Ref: id },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/feed',
    ]);
    expect(made.properties('AWS::ApiGatewayV2::Stage', 'FeedStage').StageName).toBe('feed');
  });

  it('tells the functions that speak to connections where these are', () => {
    for (const id of ['Socket', 'Stream']) {
      const [, parts] = variablesOf(made, id).FEED_ENDPOINT['Fn::Join'];
      const endpoint = parts.map((part: unknown) => (typeof part === 'string' ? part : 'part')).join('');
      expect(readFeedEndpoint({ FEED_ENDPOINT: endpoint })).toBe('https://part.execute-api.part.part/feed');
    }
    expect(variablesOf(made, 'Api')).not.toHaveProperty('FEED_ENDPOINT');
  });

  it('gets settings with which the program starts', () => {
    const { STORE, FEED_ENDPOINT, ...variables } = variablesOf(passing, 'Socket');
    expect([STORE, FEED_ENDPOINT]).toEqual([expect.anything(), expect.anything()]);
    expect(readFunctionConfig({ ...variables, STORE: 'dynamodb:private-lending-try' })).toMatchObject({
      table: 'private-lending-try',
    });
  });

  it('throttles, by default and as it is told', () => {
    const throttle = ({ properties }: Synthesized) => properties('AWS::ApiGatewayV2::Stage', 'FeedStage').DefaultRouteSettings;
    expect(throttle(made)).toEqual({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
    expect(throttle(passing)).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
  });

  it('logs what comes and goes as JSON, without queries, addresses or what was said', () => {
    const { DestinationArn, Format } = made.properties('AWS::ApiGatewayV2::Stage', 'FeedStage').AccessLogSettings;
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^FeedAccessLog/), 'Arn'] });
    expect(Object.keys(JSON.parse(Format))).toEqual(expect.arrayContaining(['request_id', 'route', 'status', 'function_error']));
    expect(Format).not.toMatch(/path|query|sourceIp|identity|authorizer|header|userAgent|body/i);
    const group = passing.properties('AWS::Logs::LogGroup', 'FeedAccessLog');
    expect(group).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-try/feed', RetentionInDays: 7 });
  });
});
