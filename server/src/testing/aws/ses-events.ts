import type { Message } from '../../mail/message.ts';

/*
 * Events of Amazon SES on the event bus, as of its developer guide: the examples in "Examples of event data that Amazon SES publishes to
 * Amazon SNS", in the envelope of EventBridge.
 */

/** The tags that SES adds to those of the mail. */
const SES_TAGS = {
  'ses:configuration-set': ['private-lending-prod'],
  'ses:source-ip': ['192.0.2.0'],
  'ses:from-domain': ['example.com'],
  'ses:caller-identity': ['ses_user'],
};

function mailOf(tags: Message['tags']) {
  const own = Object.fromEntries(Object.entries(tags ?? {}).map(([name, value]) => [name, [value]]));
  return {
    timestamp: '2017-08-05T00:40:02.012Z',
    source: 'Sender Name <sender@example.com>',
    sourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/sender@example.com',
    sendingAccountId: '123456789012',
    messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
    destination: ['recipient@example.com'],
    headersTruncated: false,
    headers: [
      { name: 'From', value: 'Sender Name <sender@example.com>' },
      { name: 'To', value: 'recipient@example.com' },
      { name: 'Subject', value: 'Message sent from Amazon SES' },
      { name: 'MIME-Version', value: '1.0' },
    ],
    commonHeaders: {
      from: ['Sender Name <sender@example.com>'],
      to: ['recipient@example.com'],
      messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
      subject: 'Message sent from Amazon SES',
    },
    tags: { ...SES_TAGS, ...own },
  };
}

function eventOf(detailType: string, detail: object) {
  return {
    version: '0',
    id: '12345678-1234-1234-1234-111122223333',
    'detail-type': detailType,
    source: 'aws.ses',
    account: '123456789012',
    time: '2017-08-05T00:41:03Z',
    region: 'us-east-1',
    resources: ['arn:aws:ses:us-east-1:123456789012:configuration-set/private-lending-prod'],
    detail,
  };
}

export function bounceOf({ tags }: Pick<Message, 'tags'>, bounceType = 'Permanent') {
  return eventOf('Email Bounced', {
    eventType: 'Bounce',
    bounce: {
      bounceType,
      bounceSubType: 'General',
      bouncedRecipients: [
        {
          emailAddress: 'recipient@example.com',
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 user unknown',
        },
      ],
      timestamp: '2017-08-05T00:41:02.669Z',
      feedbackId: '01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
      reportingMTA: 'dsn; mta.example.com',
    },
    mail: mailOf(tags),
  });
}

/** @param feedbackType null where the provider of the mailbox does not tell */
export function complaintOf({ tags }: Pick<Message, 'tags'>, feedbackType: string | null = 'abuse') {
  return eventOf('Email Complaint Received', {
    eventType: 'Complaint',
    complaint: {
      arrivalDate: '2017-08-05T00:41:02.669Z',
      complainedRecipients: [{ emailAddress: 'recipient@example.com' }],
      timestamp: '2017-08-05T00:41:02.669Z',
      feedbackId: '01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
      userAgent: 'Amazon SES Mailbox Simulator',
      complaintFeedbackType: feedbackType,
    },
    mail: mailOf(tags),
  });
}
