import { describe, expect, it, onTestFinished } from 'vitest';
import { parseLoanId } from '../../src/domain/ids.ts';
import type { MailLimits } from '../../src/domain/mail/limits/daily-limits.ts';
import { eventBatchKey, senderAnswersKey, senderMailCountKey } from '../../src/storage/keys.ts';
import { found } from '../../src/testing/app/domain-fixtures.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* A sender's mail leaves as their invitations are answered. The invitations themselves are always taken at once. */

const DAY_MS = 86_400_000;

const people = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `p${from + index}@gmail.com`);

describe.each(engines)('the pace of a sender’s mail on $name', ({ open }) => {
  async function openFixture(limits: Partial<MailLimits> = {}) {
    const testApp = await openTestApp({ store: await open(), config: { invitesPerHour: 10_000 } });
    onTestFinished(() => testApp.close());
    const background = mailBackground(testApp, limits);
    const borrower = await testApp.as('bo@gmail.com');
    const { messages, outcomes, run } = background;
    const lenderOf = (address: string): Promise<TestUser> => testApp.as(address);
    return {
      testApp,
      background,
      borrower,
      outcomes,
      run,
      lenderOf,
      /** In loans of 20 lenders, one after the other. @returns the loans */
      async invite(addresses: readonly string[]): Promise<string[]> {
        const loans: string[] = [];
        for (let start = 0; start < addresses.length; start += 20) {
          const lenders = addresses.slice(start, start + 20).map((email) => ({ email, contribution_amount: 1 }));
          const { status, body } = await borrower.post('/loans', { ...LOAN, lenders });
          expect(status).toBe(201);
          loans.push(body.loan.loan_id);
          await run(); // else the mail of another loan may leave first
        }
        return loans;
      },
      async answer(address: string, loanId: string | undefined, answer: 'accept' | 'decline'): Promise<void> {
        expect((await (await lenderOf(address)).post(`/invitations/${loanId}/${answer}`)).status).toBe(200);
      },
      async optOut(address: string): Promise<void> {
        const response = await testApp.send('POST', '/mail/opt-out', { body: { token: background.optOutToken(address) } });
        expect(response.status).toBe(200);
      },
      /** Mails about invitations, in order. */
      invited: () => messages.map(({ to }) => String(to)).filter((to) => to !== 'bo@gmail.com'),
      /** Does what is due. @returns the number of mails to lenders that were sent */
      async sentBy(work: () => Promise<void>): Promise<number> {
        const before = messages.filter(({ to }) => String(to) !== 'bo@gmail.com').length;
        await work();
        await run();
        return messages.filter(({ to }) => String(to) !== 'bo@gmail.com').length - before;
      },
      async nextDay(): Promise<void> {
        testApp.advance(DAY_MS - (testApp.now % DAY_MS) + 60_000);
      },
      async stored() {
        const [answers] = await testApp.store.get([senderAnswersKey(borrower.userId)]);
        const [count] = await testApp.store.get([senderMailCountKey(borrower.userId)]);
        return { answers: answers?.data, count: count?.data };
      },
      async onTheirWay(loanId: string | undefined): Promise<number> {
        return (await borrower.get(`/loans/${loanId}`)).body.mails_on_their_way;
      },
    };
  }

  it('lets the invitations of a new sender to a family of 25 leave at once', async () => {
    const { invite, invited, outcomes, onTheirWay } = await openFixture();
    const [first, second] = await invite(people(25));
    expect(new Set(invited())).toEqual(new Set(people(25)));
    expect(new Set(outcomes)).toEqual(new Set(['sent']));
    expect([await onTheirWay(first), await onTheirWay(second)]).toEqual([0, 0]);
  });

  it('lets 25 mails to a list of 200 leave on each day without answers, and all of them in the end', async () => {
    const { invite, sentBy, nextDay, invited, outcomes, onTheirWay, stored } = await openFixture();
    const loans = await invite(people(200));
    expect(invited()).toHaveLength(25);
    expect(outcomes.filter((outcome) => outcome === 'held-back-pace')).toHaveLength(175);
    expect(await Promise.all(loans.slice(0, 3).map(onTheirWay))).toEqual([0, 15, 20]);
    for (let day = 2; day <= 8; day += 1) expect(await sentBy(nextDay)).toBe(25);
    expect(await sentBy(nextDay)).toBe(0);
    expect(new Set(invited())).toEqual(new Set(people(200)));
    expect((await stored()).count).not.toHaveProperty('waiting');
    expect(await Promise.all(loans.map(onTheirWay))).toEqual(loans.map(() => 0));
  });

  it('lets two mails more leave at once for each acceptance', async () => {
    const { invite, sentBy, answer, onTheirWay, nextDay } = await openFixture();
    const [first, second] = await invite(people(40));
    expect(await onTheirWay(second)).toBe(15);
    expect(await sentBy(() => answer('p0@gmail.com', first, 'accept'))).toBe(2);
    expect(await onTheirWay(second)).toBe(13);
    expect(
      await sentBy(async () => {
        for (const name of ['p1', 'p2', 'p3']) await answer(`${name}@gmail.com`, first, 'accept');
      }),
    ).toBe(6);
    expect(await sentBy(nextDay)).toBe(7);
  });

  it('counts a redelivered event batch once', async () => {
    const { invite, sentBy, answer, stored, testApp, background } = await openFixture();
    const [first = ''] = await invite(people(40));
    await sentBy(() => answer('p0@gmail.com', first, 'accept'));
    const [batch] = await testApp.store.get([eventBatchKey(found(parseLoanId(first), first), 2)]);
    const before = await stored();
    expect(before.answers).toMatchObject({ accepted: 1, declined: 0 });
    await background.deliverAgain(found(batch?.data, 'a batch'));
    expect(await stored()).toEqual(before);
    expect(await sentBy(async () => {})).toBe(0);
  });

  it('lets two mails fewer leave for each decline, opt-out and bounce, and never fewer than three a day', async () => {
    const { invite, sentBy, answer, optOut, stored, nextDay } = await openFixture();
    const [first] = await invite(people(60));
    await sentBy(async () => {
      for (let index = 0; index < 7; index += 1) await answer(`p${index}@gmail.com`, first, 'decline');
      for (let index = 7; index < 10; index += 1) await optOut(`p${index}@gmail.com`);
    });
    expect((await stored()).answers).toMatchObject({ accepted: 0, declined: 7, optedOut: 3, bounced: 0 });
    expect(await sentBy(nextDay)).toBe(5);
    await sentBy(async () => {
      for (let index = 10; index < 18; index += 1) await answer(`p${index}@gmail.com`, first, 'decline');
    });
    expect(await sentBy(nextDay)).toBe(3);
  });

  it('counts one opt-out of a mailbox, however often it is repeated or ended, and none of the borrower', async () => {
    const { invite, sentBy, optOut, stored, lenderOf, background, answer } = await openFixture();
    const [loan] = await invite(['ana@gmail.com', 'ben@gmail.com']);
    for (let time = 0; time < 2; time += 1) {
      await optOut('ana@gmail.com');
      await optOut('ana@gmail.com');
      expect((await (await lenderOf('ana@gmail.com')).delete('/mail/opt-out')).status).toBe(200);
    }
    expect((await stored()).answers).toMatchObject({ optedOut: 1 });
    await sentBy(() => answer('ben@gmail.com', loan, 'accept'));
    expect(background.optOutToken('bo@gmail.com')).not.toBe('');
    await optOut('bo@gmail.com');
    expect((await stored()).answers).toMatchObject({ accepted: 1, optedOut: 1 });
  });

  it('counts bounces once for each mail that the mail server refuses for good', async () => {
    const { invite, invited, stored, background, outcomes } = await openFixture();
    for (const address of ['p1@gmail.com', 'p2@gmail.com', 'p19@gmail.com']) background.unknown.add(address);
    await invite(people(20));
    expect(invited()).toHaveLength(17);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(3);
    expect((await stored()).answers).toMatchObject({ accepted: 0, bounced: 3 });
    await invite(people(5, 20));
    expect(invited()).toHaveLength(17);
  });

  it('does not hold mail about answers, which nobody invited', async () => {
    const { invite, sentBy, answer, background } = await openFixture();
    const [first] = await invite(people(40));
    await sentBy(() => answer('p0@gmail.com', first, 'decline'));
    expect(background.messages.filter(({ to }) => String(to) === 'bo@gmail.com')).toHaveLength(1);
  });

  it('does not limit mail where the operator has turned it off', async () => {
    const { invite, invited } = await openFixture({ isPaced: false });
    await invite(people(60));
    expect(invited()).toHaveLength(60);
  });

  it('never changes the response to an invitation', async () => {
    const { borrower, invite, run, outcomes } = await openFixture();
    const [loan] = await invite(['ana@gmail.com']);
    const add = async (address: string) => {
      const body = { lenders: [{ email: address, contribution_amount: 1 }] };
      const { status, body: response } = await borrower.post(`/loans/${loan}/lenders`, body);
      return [status, Object.keys(response), Object.keys(response.lenders[0])];
    };
    const before = await add('ben@gmail.com');
    await invite(people(60));
    expect(await add('cleo@gmail.com')).toEqual(before);
    await run();
    expect(outcomes.filter((outcome) => outcome === 'held-back-pace')).toHaveLength(60 - 23 + 1);
  });

  it('shows the number of mails that wait to the borrower only', async () => {
    const { borrower, invite, lenderOf } = await openFixture();
    const [, second] = await invite(people(40));
    const { body } = await borrower.get(`/loans/${second}`);
    expect([Object.keys(body), body.mails_on_their_way]).toEqual([['success', 'loan', 'mails_on_their_way'], 15]);
    const seen = await (await lenderOf('p20@gmail.com')).get(`/loans/${second}`);
    expect([seen.status, Object.keys(seen.body)]).toEqual([200, ['success', 'loan']]);
    await borrower.post(`/loans/${second}/cancel`);
    expect((await borrower.get(`/loans/${second}`)).body.mails_on_their_way).toBe(0);
  });
});
