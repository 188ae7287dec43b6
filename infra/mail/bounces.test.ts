import { beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../testing/synthesized.ts';

let prod: Synthesized;
/** A stage that sends mail. */
let mailing: Synthesized;

beforeAll(() => {
  prod = synthesize();
  mailing = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
});

describe('addBounces', () => {
  it('has SES report bounces and complaints of mails that name the configuration set', () => {
    expect(mailing.properties('AWS::SES::ConfigurationSet')).toMatchObject({
      Name: 'private-lending-prod',
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
    expect(mailing.properties('AWS::SES::ConfigurationSetEventDestination')).toEqual({
      ConfigurationSetName: { Ref: expect.stringMatching(/^MailConfiguration/) },
      EventDestination: {
        Name: 'bounces',
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint'],
        EventBridgeDestination: {
          EventBusArn: { 'Fn::Join': ['', expect.arrayContaining([':event-bus/default'])] },
        },
      },
    });
    for (const id of ['Stream', 'Clock']) {
      expect(mailing.properties('AWS::Lambda::Function', id).Environment.Variables).toMatchObject({
        SES_CONFIGURATION_SET: { Ref: expect.stringMatching(/^MailConfiguration/) },
      });
    }
  });

  it('invokes the function for permanent bounces and for complaints of this stage, and for nothing else', () => {
    const rule = mailing.properties('AWS::Events::Rule', 'MailReports');
    expect(rule).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.ses'],
        'detail-type': ['Email Bounced', 'Email Complaint Received'],
        detail: {
          mail: { tags: { 'ses:configuration-set': ['private-lending-prod'] } },
          $or: [{ bounce: { bounceType: ['Permanent'] } }, { eventType: ['Complaint'] }],
        },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^Bounces[0-9A-F]{8}$/), 'Arn'] } }],
    });
    expect(rule.Targets).toHaveLength(1);
  });

  it('adds nothing where no mail is sent', () => {
    prod.template.resourceCountIs('AWS::SES::ConfigurationSet', 0);
    prod.template.resourceCountIs('AWS::Events::Rule', 1);
  });
});
