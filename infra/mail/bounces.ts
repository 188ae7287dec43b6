import { Duration, type Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationSet, EmailSendingEvent, EventDestination, SuppressionReasons } from 'aws-cdk-lib/aws-ses';
import type { Deployment } from '../deployment.ts';
import { addFunction, type HandlerProps } from '../functions.ts';
import { tableAccessPolicy } from '../iam-policies.ts';

export interface Bounces {
  /** Named by each mail, so that SES reports what becomes of it. */
  readonly configurationSet: ConfigurationSet;
  readonly handler: LambdaFunction;
}

/** The function that records bounces and complaints, which SES sends to the default event bus: nobody has to confirm that. */
export function addBounces(stack: Stack, deployment: Deployment, { bundle, table }: HandlerProps): Bounces {
  const { name } = deployment;
  const configurationSet = new ConfigurationSet(stack, 'MailConfiguration', {
    configurationSetName: name,
    // Also in an account that does not do so by default.
    suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
  });
  configurationSet.addEventDestination('MailEvents', {
    configurationSetEventDestinationName: 'bounces',
    destination: EventDestination.eventBus(EventBus.fromEventBusName(stack, 'DefaultBus', 'default')),
    events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
  });
  const handler = addFunction(stack, deployment, {
    id: 'Bounces',
    description: 'Records mails that bounced, and stops mail to those who complained',
    bundle,
    table,
    memoryMb: 256,
    timeout: Duration.seconds(30),
    policies: tableAccessPolicy(table),
  });
  new Rule(stack, 'MailReports', {
    ruleName: `${name}-bounces`,
    description: 'Mails of this stack that bounced for good, or that a recipient reported as spam',
    eventPattern: {
      source: ['aws.ses'],
      detailType: ['Email Bounced', 'Email Complaint Received'],
      detail: {
        mail: { tags: { 'ses:configuration-set': [name] } },
        $or: [{ bounce: { bounceType: ['Permanent'] } }, { eventType: ['Complaint'] }],
      },
    },
    targets: [new FunctionTarget(handler)],
  });
  return { configurationSet, handler };
}
