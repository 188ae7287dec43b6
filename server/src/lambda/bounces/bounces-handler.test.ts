import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../domain/mail/limits/sender-answers.ts';
import type { MailReport } from '../../mail/record-mail-report.ts';
import { embeddedMetrics } from '../../telemetry/emf.ts';
import { makeLog } from '../../telemetry/log.ts';
import { bounceOf, complaintOf } from '../../testing/aws/ses-events.ts';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { bouncesHandler } from './bounces-handler.ts';

const MAIL_ID = 'abcdefghijklmnopqrst_-';
const LENDER_ID = 'ABCDEFGHIJKLMNOPQRST_-';
const LOAN_ID = '01890000-0000-7000-8000-000000000001';
const TAGS = { mail: MAIL_ID, kind: 'invitation', loan: LOAN_ID, lender: LENDER_ID };

let logged: string[];
let recorded: MailReport[];

beforeEach(() => {
  logged = [];
  recorded = [];
});

function handlerOf(record: () => Promise<Answer | undefined> = async () => undefined) {
  return bouncesHandler({
    open: async () => ({
      record(report) {
        recorded.push(report);
        return record();
      },
    }),
    metrics: embeddedMetrics(() => 0),
    log: makeLog({ write: (line) => void logged.push(line) }),
  });
}

describe('bouncesHandler', () => {
  it('records what became of a mail, by its tags', async () => {
    await handlerOf()(bounceOf({ tags: TAGS }));
    await handlerOf()(complaintOf({ tags: { mail: MAIL_ID, kind: 'accepted', loan: LOAN_ID } }));
    expect(recorded).toEqual([
      { name: 'bounced', mailId: MAIL_ID, kind: 'invitation', loanId: LOAN_ID, lenderId: LENDER_ID },
      { name: 'complained', mailId: MAIL_ID, kind: 'accepted', loanId: LOAN_ID, lenderId: null },
    ]);
  });

  it('publishes a metric only for what counts', async () => {
    await handlerOf()(bounceOf({ tags: TAGS }));
    expect(logged.join('')).not.toContain('_aws');
    await handlerOf(async () => 'bounced')(bounceOf({ tags: TAGS }));
    expect(logged.filter((line) => line.includes('"MailAnswers"'))).toHaveLength(1);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['']],
    ['an event of another service', { ...bounceOf({ tags: TAGS }), source: 'aws.ec2' }, ['source']],
    ['another event of SES', { source: 'aws.ses', detail: { eventType: 'Delivery' } }, ['detail.eventType']],
    ['a mail without tags', bounceOf({}), ['detail.mail.tags.mail', 'detail.mail.tags.loan', 'detail.mail.tags.kind']],
    ['a loan that is none', bounceOf({ tags: { ...TAGS, loan: 'ben@example.com' } }), ['detail.mail.tags.loan']],
    ['a lender that is none', complaintOf({ tags: { ...TAGS, lender: 'ben@example.com' } }), ['detail.mail.tags.lender']],
    ['a kind that is none', complaintOf({ tags: { ...TAGS, kind: 'ben@example.com' } }), ['detail.mail.tags.kind']],
  ])('drops %s, with a line that names the members and has no address', async (_, event, malformed) => {
    await handlerOf()(event);
    expect(recorded).toEqual([]);
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, malformed }]);
    expect(logged.join('')).not.toContain('@');
  });

  it('rejects where the report could not be recorded, so that AWS invokes it again', async () => {
    const handle = handlerOf(() => Promise.reject(new Error('the database is down')));
    await expect(handle(bounceOf({ tags: TAGS }))).rejects.toThrow('the database is down');
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, loan_id: LOAN_ID, err: { message: 'the database is down' } },
    ]);
  });

  it('opens the store again after that failed', async () => {
    let opened = 0;
    const handle = bouncesHandler({
      async open() {
        opened += 1;
        if (opened === 1) throw new Error('no table');
        return { record: async () => undefined };
      },
      metrics: embeddedMetrics(() => 0),
      log: makeLog({ write: (line) => void logged.push(line) }),
    });
    await expect(handle(bounceOf({ tags: TAGS }))).rejects.toThrow('no table');
    await handle(bounceOf({ tags: TAGS }));
    expect(opened).toBe(2);
  });

  it('needs only tags that SES accepts, of letters, digits, _ and -', () => {
    const tags = Object.entries(messageOf({ mailId: MAIL_ID }).tags ?? {});
    expect(tags.map(([name]) => name)).toEqual(['mail', 'kind', 'loan', 'lender']);
    for (const tag of tags.flat()) expect(tag).toMatch(/^[\w-]{1,256}$/);
  });
});
