import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Deployment } from '../deployment.ts';
import { abuseAlarms } from './abuse-alarms.ts';
import type { AlarmRule, MonitoredResources } from './alarm-rule.ts';
import { functionAlarms } from './function-alarms.ts';
import { clientErrorAlarms, gatewayAlarms } from './gateway-alarms.ts';
import { backgroundAlarms, requestAlarms, streamAlarms } from './program-alarms.ts';
import { reputationAlarms, tableAlarms } from './service-alarms.ts';

/** Alarms that need an operator, with their SNS topic. */
export function addAlarms(stack: Stack, { name, settings }: Deployment, resources: MonitoredResources) {
  const topic = addTopic(stack, name);
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  const notify = new SnsAction(topic);
  const rules = [
    ...requestAlarms(),
    ...clientErrorAlarms(settings.clientErrorsMax),
    ...gatewayAlarms(resources),
    ...functionAlarms(resources.functions),
    ...tableAlarms(resources.table),
    ...streamAlarms(resources.stream),
    ...backgroundAlarms(resources.imports, resources.clock),
    ...(settings.mail ? [...reputationAlarms(), ...abuseAlarms()] : []),
  ];
  const all = rules.map((rule) => {
    const id = rule.name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const alarm = new Alarm(stack, `${id}Alarm`, {
      alarmName: `${name}-${rule.name}`,
      alarmDescription: rule.description,
      metric: rule.metric,
      evaluationPeriods: 1,
      ...condition(rule),
    });
    alarm.addAlarmAction(notify);
    alarm.addOkAction(notify);
    return alarm;
  });
  return { topic, all };
}

function condition({ above = 0, below, withoutData }: AlarmRule) {
  if (below === undefined) {
    const { GREATER_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
    const treatMissingData = withoutData === 'unchanged' ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
    return { threshold: above, comparisonOperator, treatMissingData };
  }
  const { LESS_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
  return { threshold: below, comparisonOperator, treatMissingData: TreatMissingData.BREACHING };
}

/** Its policy replaces the default one of topics, so it must allow CloudWatch. */
function addTopic(stack: Stack, name: string): Topic {
  const topic = new Topic(stack, 'AlarmTopic', { topicName: `${name}-alarms`, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  return topic;
}
