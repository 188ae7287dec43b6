import { describe, expect, it } from 'vitest';
import { watchedMetrics } from './watched-metrics.ts';

const LATENCY = { namespace: 'PrivateLending/API', name: 'APILatency', dimensions: ['Endpoint', 'Status'] };
const ERRORS = { namespace: 'PrivateLending/API', name: 'APIError', dimensions: ['Endpoint', 'ErrorType'] };
const LENDERS_ADDED = { namespace: 'PrivateLending/API', name: 'LendersAdded', dimensions: ['Endpoint'] };

function alarm(properties: object) {
  return { Resources: { A: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } } };
}

function dashboard(...metrics: readonly unknown[]) {
  const before = `{"widgets":[{"type":"text","properties":{"markdown":"x"}},{"type":"metric","properties":{"region":"`;
  const body = [before, { Ref: 'AWS::Region' }, `","metrics":${JSON.stringify(metrics)}}}]}`];
  return { Resources: { D: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: { 'Fn::Join': ['', body] } } } } };
}

describe('watchedMetrics', () => {
  it('finds the metric of an alarm', () => {
    const Dimensions = [{ Name: 'Status' }, { Name: 'Endpoint' }];
    expect(watchedMetrics(alarm({ Namespace: 'PrivateLending/API', MetricName: 'APILatency', Dimensions }))).toEqual([
      { by: 'A', ...LATENCY },
    ]);
    expect(watchedMetrics(alarm({ Namespace: 'N', MetricName: 'M' }))).toEqual([
      { by: 'A', namespace: 'N', name: 'M', dimensions: [] },
    ]);
  });

  it('finds each metric of an alarm on several', () => {
    const MetricStat = { Metric: { Namespace: 'N', MetricName: 'M', Dimensions: [{ Name: 'A' }] } };
    const Expression = `SELECT SUM("APIError") FROM SCHEMA("PrivateLending/API", "Endpoint", "ErrorType") WHERE "ErrorType" = 'x'`;
    expect(watchedMetrics(alarm({ Metrics: [{ MetricStat }, { Expression }] }))).toEqual([
      { by: 'A', namespace: 'N', name: 'M', dimensions: ['A'] },
      { by: 'A', ...ERRORS },
    ]);
  });

  it('finds the metrics that an alarm computes with, and throws for names of others', () => {
    const MetricStat = { Metric: { Namespace: 'N', MetricName: 'M' } };
    const sum = (Expression: string) => alarm({ Metrics: [{ Id: 'm0', MetricStat }, { Expression }] });
    expect(watchedMetrics(sum('FILL(m0, 0) + m0'))).toEqual([{ by: 'A', namespace: 'N', name: 'M', dimensions: [] }]);
    expect(() => watchedMetrics(sum('FILL(m0, 0) + m1'))).toThrow('no metric found in: FILL(m0, 0) + m1');
  });

  it('finds the metrics, queries and searches of a dashboard', () => {
    const template = dashboard(
      ['PrivateLending/API', 'APILatency', 'Status', 'Error', 'Endpoint', 'AddLenders', { stat: 'p99' }],
      [{ expression: `SEARCH('{PrivateLending/API,Endpoint} MetricName="LendersAdded"', 'Sum', 60)` }],
    );
    expect(watchedMetrics(template)).toEqual([
      { by: 'D', ...LATENCY },
      { by: 'D', ...LENDERS_ADDED },
    ]);
  });

  it('throws for an expression that it can not parse', () => {
    const template = alarm({ Metrics: [{ Expression: 'SELECT AVG(APILatency) FROM "PrivateLending/API"' }] });
    expect(() => watchedMetrics(template)).toThrow('no metric found in: SELECT AVG(APILatency)');
  });
});
