import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../testing/synthesized.ts';

/* What must hold for each resource of a kind, so that a new one is not forgotten. */

let all: Synthesized;

beforeAll(() => {
  all = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
});

function resources(type: string) {
  const found = Object.entries(all.template.findResources(type));
  expect(found).not.toEqual([]);
  return found;
}

const alarms = () => resources('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

/** Whether an alarm has a metric of this name whose dimension is this reference or attribute of a resource. */
function hasAlarm(metric: string, id: string): boolean {
  return alarms().some(({ MetricName, Dimensions = [] }) => {
    return MetricName === metric && JSON.stringify(Dimensions).includes(`"${id}"`);
  });
}

/** The dashboard's widgets, with `id` in place of each reference to a resource. */
function widgets(): { readonly metrics: string; readonly title: string }[] {
  const [separator, parts] = all.properties('AWS::CloudWatch::Dashboard').DashboardBody['Fn::Join'];
  const text = parts.map((part: unknown) => (typeof part === 'string' ? part : (Object(part).Ref ?? 'other'))).join(separator);
  return JSON.parse(text).widgets.map(({ properties }: { properties: { title?: string; metrics?: unknown } }) => ({
    title: properties.title ?? '',
    metrics: JSON.stringify(properties.metrics ?? []),
  }));
}

describe('each function', () => {
  it.each(['Errors', 'Throttles'])('has an alarm on its %s', (metric) => {
    const without = resources('AWS::Lambda::Function').flatMap(([id]) => (hasAlarm(metric, id) ? [] : [id]));
    expect(without).toEqual([]);
  });

  it.each(['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'])(
    'is on the dashboard with its %s',
    (metric) => {
      const rows = widgets().map(({ metrics }) => metrics);
      const isShown = (id: string) => rows.some((row) => row.includes(`"AWS/Lambda","${metric}","FunctionName","${id}"`));
      expect(resources('AWS::Lambda::Function').flatMap(([id]) => (isShown(id) ? [] : [id]))).toEqual([]);
    },
  );

  it('that a gateway waits for has an alarm before its timeout', () => {
    const slow = alarms().filter(({ MetricName }) => MetricName === 'Duration');
    expect(slow.map(({ AlarmName, Threshold, Statistic }) => [AlarmName, Statistic, Threshold])).toEqual([
      ['private-lending-prod-api-slow', 'Maximum', 12_000],
      ['private-lending-prod-socket-slow', 'Maximum', 20_000],
    ]);
  });

  it('has traces, a log group and a timeout', () => {
    for (const [id, { Properties }] of resources('AWS::Lambda::Function')) {
      expect([id, Properties]).toEqual([
        id,
        expect.objectContaining({
          TracingConfig: { Mode: 'Active' },
          LoggingConfig: expect.objectContaining({ LogGroup: { Ref: expect.stringMatching(/Logs/) } }),
          Timeout: expect.any(Number),
        }),
      ]);
    }
  });
});

describe('each alarm', () => {
  it('notifies the topic when it begins and when it ends', () => {
    const topic = [{ Ref: expect.stringMatching(/^AlarmTopic/) }];
    for (const { AlarmName, AlarmActions, OKActions } of alarms()) {
      expect([AlarmName, AlarmActions, OKActions]).toEqual([AlarmName, topic, topic]);
    }
  });

  it('says what happened, and treats missing data as no problem unless silence is one', () => {
    const silences = alarms().flatMap(({ AlarmName, AlarmDescription, TreatMissingData }) => {
      expect(AlarmDescription).toMatch(/^[A-Z].{30,}\.$/);
      return TreatMissingData === 'notBreaching' ? [] : [`${AlarmName.replace('private-lending-prod-', '')} ${TreatMissingData}`];
    });
    expect(silences.sort()).toEqual(['clock-stopped breaching', 'mail-bounces ignore', 'mail-complaints ignore']);
  });

  it('is named in docs/deploy.md', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');
    const [, section = ''] = /\n## Monitor it\n(.*?)\n## /s.exec(page) ?? [];
    const names = alarms().map(({ AlarmName }) => AlarmName.replace('private-lending-prod-', ''));
    expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });

  it('computes with at most ten metrics of the same period, as CloudWatch requires', () => {
    for (const { AlarmName, Metrics = [] } of alarms()) {
      const stats = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Period: number } }) => MetricStat ?? []);
      expect(stats.length, AlarmName).toBeLessThanOrEqual(10);
      expect(new Set(stats.map(({ Period }: { Period: number }) => Period)).size, AlarmName).toBeLessThanOrEqual(1);
    }
  });
});

describe('each other resource', () => {
  it('that is a dead-letter queue has an alarm on its messages', () => {
    const targets = resources('AWS::SQS::Queue').flatMap(([, { Properties }]) => {
      return Properties.RedrivePolicy ? [Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]] : [];
    });
    expect(targets.length).toBeGreaterThan(0);
    for (const id of targets) expect([id, hasAlarm('ApproximateNumberOfMessagesVisible', id)]).toEqual([id, true]);
  });

  it('that is a log group has a retention', () => {
    for (const [id, { Properties }] of resources('AWS::Logs::LogGroup')) expect([id, Properties.RetentionInDays]).toEqual([id, 30]);
  });

  it('that is a gateway has alarms on errors and rejections, and is on the dashboard', () => {
    const watched = JSON.stringify(alarms().map(({ Dimensions, Metrics }) => [Dimensions, Metrics]));
    const shown = widgets()
      .map(({ metrics }) => metrics)
      .join();
    for (const [id] of resources('AWS::ApiGatewayV2::Api')) {
      expect([id, watched.includes(`"Ref":"${id}"`), shown.includes(`"ApiId","${id}"`)]).toEqual([id, true, true]);
    }
  });

  it('that is a stage of a gateway has a throttle and an access log', () => {
    for (const [id, { Properties }] of resources('AWS::ApiGatewayV2::Stage')) {
      expect([id, Properties]).toEqual([
        id,
        expect.objectContaining({
          AccessLogSettings: expect.objectContaining({ Format: expect.stringContaining('request_id') }),
          DefaultRouteSettings: { ThrottlingRateLimit: expect.any(Number), ThrottlingBurstLimit: expect.any(Number) },
        }),
      ]);
    }
  });

  it('that is a widget with metrics has a title that no other has', () => {
    const titles = widgets().flatMap(({ title, metrics }) => (metrics === '[]' ? [] : [title]));
    expect(titles).not.toContain('');
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
