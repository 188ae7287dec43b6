import { describe, expect, it, onTestFinished } from 'vitest';
import { bouncesHandler } from '../../src/lambda/bounces/bounces-handler.ts';
import type { Message } from '../../src/mail/message.ts';
import { recordMailReport } from '../../src/mail/record-mail-report.ts';
import { senderAnswersKey } from '../../src/storage/keys.ts';
import { embeddedMetrics } from '../../src/telemetry/emf.ts';
import { makeLog } from '../../src/telemetry/log.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { metricsIn } from '../../src/testing/aws/emf.ts';
import { bounceOf, complaintOf } from '../../src/testing/aws/ses-events.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* What SES reports of a mail that it had taken: the event has the tags that the mail was sent with. */

describe.each(engines)('mail that SES reports as bounced or as spam, on $name', ({ open }) => {
  async function openFixture() {
    const testApp = await openTestApp({ store: await open() });
    onTestFinished(() => testApp.close());
    const borrower = await testApp.as('bo@gmail.com');
    const background = mailBackground(testApp);
    background.transportState.reportsBounces = true;
    const logged: string[] = [];
    const handle = bouncesHandler({
      open: async () => ({ record: (report) => recordMailReport(testApp.app.services, report) }),
      metrics: embeddedMetrics(() => testApp.now),
      log: makeLog({ write: (line) => void logged.push(line) }),
    });
    return {
      ...background,
      testApp,
      borrower,
      logged,
      handle,
      /** @returns the loan */
      async invite(...addresses: readonly string[]): Promise<string> {
        const loanId = await borrower.postsLoan({ lenders: addresses.map((email) => ({ email, contribution_amount: 1 })) });
        await background.run();
        return loanId;
      },
      lastMailTo(address: string): Message {
        const message = background.messages.findLast(({ to }) => to === address);
        if (!message) throw new Error(`no mail to ${address}`);
        return message;
      },
      async remind(loanId: string): Promise<void> {
        testApp.advance(86_400_000);
        const [lender] = (await borrower.get(`/loans/${loanId}/lenders`)).body.lenders;
        expect((await borrower.post(`/loans/${loanId}/lenders/${lender.lender_id}/reminders`)).status).toBe(202);
        await background.run();
      },
      async answers() {
        const [stored] = await testApp.store.get([senderAnswersKey(borrower.userId)]);
        const { accepted = 0, declined = 0, optedOut = 0, bounced = 0 } = stored?.data ?? {};
        return { accepted, declined, optedOut, bounced };
      },
      counted: () => logged.filter((line) => line.includes('_aws')).flatMap(metricsIn),
    };
  }

  it('counts a bounce for the borrower once, however often it is reported', async () => {
    const { invite, lastMailTo, handle, answers, counted } = await openFixture();
    await invite('nobody@example.com', 'ben@example.com');
    for (let times = 0; times < 3; times += 1) await handle(bounceOf(lastMailTo('nobody@example.com')));
    expect(await answers()).toEqual({ accepted: 0, declined: 0, optedOut: 0, bounced: 1 });
    expect(counted()).toMatchObject([{ metric: 'MailAnswers', value: 1, dimensions: { Answer: 'bounced' } }]);
    await handle(bounceOf(lastMailTo('ben@example.com')));
    expect(await answers()).toMatchObject({ bounced: 2 });
  });

  it('does not count the bounce of a reminder again', async () => {
    const { invite, remind, messages, lastMailTo, handle, answers } = await openFixture();
    const loanId = await invite('nobody@example.com');
    await handle(bounceOf(lastMailTo('nobody@example.com')));
    await remind(loanId);
    expect(messages.map(({ tags }) => tags?.['kind'])).toEqual(['invitation', 'reminder']);
    await handle(bounceOf(lastMailTo('nobody@example.com')));
    expect(await answers()).toMatchObject({ bounced: 1 });
  });

  it('counts no mail that SES rejects at once, which may be for the sender', async () => {
    const { invite, unknown, outcomes, answers } = await openFixture();
    unknown.add('ben@example.com');
    await invite('ben@example.com');
    expect(outcomes).toEqual(['failed']);
    expect(await answers()).toMatchObject({ bounced: 0 });
  });

  it('counts no bounce of a mail that was not about a pending invitation', async () => {
    const { testApp, invite, run, lastMailTo, handle, answers } = await openFixture();
    const loanId = await invite('ben@example.com');
    await (await testApp.as('ben@example.com')).post(`/invitations/${loanId}/accept`);
    await run();
    await handle(bounceOf(lastMailTo('bo@gmail.com')));
    expect(await answers()).toMatchObject({ bounced: 0 });
  });

  it('stops all further mail to the mailbox of a complaint, and counts it once as an opt-out', async () => {
    const { invite, messages, lastMailTo, handle, answers, counted, outcomes } = await openFixture();
    await invite('ben@gmail.com');
    for (let times = 0; times < 2; times += 1) await handle(complaintOf(lastMailTo('ben@gmail.com')));
    expect(await answers()).toEqual({ accepted: 0, declined: 0, optedOut: 1, bounced: 0 });
    expect(counted()).toMatchObject([{ metric: 'MailAnswers', dimensions: { Answer: 'opted-out' } }]);
    await invite('b.e.n+other@gmail.com');
    expect(messages.map(({ to }) => to)).toEqual(['ben@gmail.com']);
    expect(outcomes).toEqual(['sent', 'opted-out']);
  });

  it('does not stop mail for a report that a mail is not spam, or for a bounce that may pass', async () => {
    const { invite, messages, lastMailTo, handle, answers } = await openFixture();
    await invite('ben@example.com');
    await handle(complaintOf(lastMailTo('ben@example.com'), 'not-spam'));
    for (const type of ['Transient', 'Undetermined']) await handle(bounceOf(lastMailTo('ben@example.com'), type));
    expect(await answers()).toEqual({ accepted: 0, declined: 0, optedOut: 0, bounced: 0 });
    await invite('ben@example.com');
    expect(messages).toHaveLength(2);
  });

  it('stops mail for a complaint whose type the provider does not tell', async () => {
    const { invite, lastMailTo, handle, answers } = await openFixture();
    await invite('ben@example.com');
    await handle(complaintOf(lastMailTo('ben@example.com'), null));
    expect(await answers()).toMatchObject({ optedOut: 1 });
  });

  it('records nothing of a mail of another store', async () => {
    const other = await openFixture();
    await other.invite('ben@example.com');
    const { handle, counted, logged } = await openFixture();
    await handle(bounceOf(other.lastMailTo('ben@example.com')));
    await handle(complaintOf(other.lastMailTo('ben@example.com')));
    expect(counted()).toEqual([]);
    expect(logged.map((line) => JSON.parse(line).level)).toEqual([30, 30]);
  });

  it('logs ids and no address', async () => {
    const { invite, lastMailTo, handle, logged } = await openFixture();
    const loan_id = await invite('ben@example.com');
    const mail = lastMailTo('ben@example.com');
    await handle(bounceOf(mail));
    await handle(complaintOf(mail));
    const about = { kind: 'invitation', mailing_id: mail.tags?.['mail'], loan_id };
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { ...about, msg: 'mail bounced', answer: 'bounced' },
      { ...about, msg: 'mail complained', answer: 'opted-out' },
    ]);
    expect(logged.join('')).not.toContain('@');
  });
});
