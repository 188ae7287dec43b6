import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmRule, PERIOD } from './alarm-rule.ts';
import { HELD_BACK_BY_ALL, MAIL_ANSWERS, MAILS, metricsQuery, type PublishedMetric, RISK_BATCHES, RISK_SCORES } from './metrics.ts';

/*
 * What abuse of invitation mail shows in, or a model that has become wrong. A query of Metrics Insights sees three hours at most, so the
 * alarms on a day compute with the metrics themselves.
 */

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

/** Held or noted, of the batches with a score. Of honest ones it was 0.2 %, of another honest population 1.3 % (docs/risk.md). */
const HOLDS_PERCENT_MAX = 5;
/** A percentage of fewer says nothing. */
const BATCHES_MIN = 20;
const SCORES_MIN = 100;
/**
 * The mean of calibrated scores is the share of abusive batches that the model was calibrated for: `baseRate` in
 * server/src/risk/model/model.json, 0.01. Three times as much is an attack, or honest batches that are unlike those of the training.
 */
const SCORE_MEAN_MAX = 0.03;
const MAILS_MIN = 100;
const OPT_OUTS_PERCENT_MAX = 2;
/** From here on SES reviews an account, and from 10 % on it may stop sending (Amazon SES, "Sending review process FAQs", bounces). */
const BOUNCES_PERCENT_MAX = 5;

/** Of the scores of invitations, and of what becomes of their mail. */
export function abuseAlarms(): AlarmRule[] {
  return [
    {
      name: 'hold-rate',
      description: `More than ${HOLDS_PERCENT_MAX} % of at least ${BATCHES_MIN} batches of invitations in an hour were held, or would be in enforce mode. Review them.`,
      metric: percentOf([batches('held', HOUR), batches('noted', HOUR)], [batches('passed', HOUR)], BATCHES_MIN, HOUR),
      above: HOLDS_PERCENT_MAX,
    },
    {
      name: 'score-drift',
      description: `The mean of at least ${SCORES_MIN} scores in a day is above ${SCORE_MEAN_MAX}, three times what the model expects: an attack, or a model that no longer fits.`,
      metric: new MathExpression({
        expression: `IF(FILL(scores, 0) >= ${SCORES_MIN}, FILL(mean, 0), 0)`,
        usingMetrics: { scores: metricOf(RISK_SCORES, {}, DAY, 'SampleCount'), mean: metricOf(RISK_SCORES, {}, DAY, 'Average') },
        period: DAY,
      }),
      above: SCORE_MEAN_MAX,
    },
    {
      name: 'scoring-failed',
      description:
        'Invitations could not be scored, so RISK_ON_FAILURE decided about their mail. The log of the stream has the error.',
      metric: batches('failed', PERIOD),
    },
    {
      name: 'opt-out-rate',
      description: `More opted out of mail, or complained, than ${OPT_OUTS_PERCENT_MAX} % of at least ${MAILS_MIN} mails about invitations that were sent in a day. See opt-outs and holds.`,
      metric: percentOfMails('opted-out'),
      above: OPT_OUTS_PERCENT_MAX,
    },
    {
      name: 'bounce-rate',
      description: `More than ${BOUNCES_PERCENT_MAX} % of at least ${MAILS_MIN} mails about invitations that were sent in a day bounced: somebody invites a list of bad addresses.`,
      metric: percentOfMails('bounced'),
      above: BOUNCES_PERCENT_MAX,
    },
    {
      name: 'mails-held-back-by-all',
      description:
        'Mails wait for the next day, as MAILS_PER_DAY is used up for everybody. See mails by kind, and the senders in the log.',
      metric: metricsQuery('SUM', MAILS, { where: HELD_BACK_BY_ALL, period: PERIOD }),
    },
  ];
}

function batches(Outcome: string, period: Duration): Metric {
  return metricOf(RISK_BATCHES, { Outcome }, period);
}

/** Answers of a kind to a day's mails about pending invitations. An answer may come days after its mail. */
function percentOfMails(Answer: string): MathExpression {
  const sent = ['invitation', 'changed', 'reminder'].map((Kind) => metricOf(MAILS, { Kind, Outcome: 'sent' }, DAY));
  const parts = [metricOf(MAIL_ANSWERS, { Answer }, DAY)];
  return new MathExpression({
    expression: `IF(${sum('sent', sent)} >= ${MAILS_MIN}, 100 * ${sum('part', parts)} / (${sum('sent', sent)}), 0)`,
    usingMetrics: { ...named('part', parts), ...named('sent', sent) },
    period: DAY,
  });
}

/** Of the parts and the others together; 0 where these are too few. */
function percentOf(parts: readonly Metric[], others: readonly Metric[], totalMin: number, period: Duration): MathExpression {
  const part = sum('part', parts);
  const total = `${part} + ${sum('other', others)}`;
  return new MathExpression({
    expression: `IF(${total} >= ${totalMin}, 100 * (${part}) / (${total}), 0)`,
    usingMetrics: { ...named('part', parts), ...named('other', others) },
    period,
  });
}

function sum(prefix: string, metrics: readonly Metric[]): string {
  return metrics.map((_, index) => `FILL(${prefix}${index}, 0)`).join(' + ');
}

function named(prefix: string, metrics: readonly Metric[]): Record<string, Metric> {
  return Object.fromEntries(metrics.map((metric, index) => [`${prefix}${index}`, metric]));
}

/** @param values one for each dimension of the metric */
function metricOf(
  { namespace, name: metricName }: PublishedMetric,
  dimensionsMap: Readonly<Record<string, string>>,
  period: Duration,
  statistic = 'Sum',
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, period, statistic });
}
