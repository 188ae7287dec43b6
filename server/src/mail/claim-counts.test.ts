import { describe, expect, it, onTestFinished } from 'vitest';
import { createCommandId } from '../composition/create-ids.ts';
import { parseMailId } from '../domain/ids.ts';
import { DailyAllowance } from '../domain/mail/limits/daily-allowance.ts';
import { type MailLimits, NO_MAIL_LIMITS } from '../domain/mail/limits/daily-limits.ts';
import { type Mailing, toMailings } from '../domain/mail/mailing.ts';
import { createOutgoingMail } from '../domain/outgoing-mail.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { Snapshot, View } from '../execution/view.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { kindOf } from '../storage/item-kinds.ts';
import { mailCountKey, senderMailCountKey } from '../storage/keys.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { isDelete, type Store, type Write } from '../storage/store.ts';
import { emailOf, found, LOAN_ID, lenderIdFor, NOW, userIdFor } from '../testing/app/domain-fixtures.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { mailBackground } from '../testing/mail/mail-background.ts';
import { metadataOf } from '../testing/mail/mail-fixtures.ts';
import { ClaimCounts } from './claim-counts.ts';

const DAY = periodAt('day', NOW);
const MAIL = { to: emailOf('ana@gmail.com'), borrowerEmail: emailOf('bo@gmail.com') };

function mailingOf(size: number): Mailing {
  const { requestId, traceparent } = metadataOf();
  const mails = Array.from({ length: size }, (_, index) => {
    const mailId = found(parseMailId(String(index).padStart(22, '0')), index);
    const about = {
      mailId,
      kind: 'invitation',
      loanId: LOAN_ID,
      lenderId: lenderIdFor(`l${index}`),
      round: 1,
      userId: null,
    } as const;
    const queue = { borrowerId: userIdFor('borrower'), lane: 'hand' } as const;
    return createOutgoingMail({ ...about, ...queue, to: MAIL.to, requestId, traceparent }, NOW);
  });
  return found(toMailings(mails)[0], 'a mailing');
}

describe('ClaimCounts', () => {
  const limits: MailLimits = { ...NO_MAIL_LIMITS, inAll: 20_000 };
  const view = (count: number) => {
    const key = mailCountKey(DAY);
    const item = { key, version: 3, command: createCommandId(), data: { period: DAY, count } };
    return new View(Snapshot.read([key, senderMailCountKey(userIdFor('borrower'))], [item]));
  };

  function countsOf(allowance: DailyAllowance, stored: number, mails: number): ClaimCounts {
    const counts = new ClaimCounts(view(stored), mailingOf(25), { limits, allowance }, NOW);
    for (let index = 0; index < mails; index += 1) counts.count(MAIL);
    return counts;
  }

  it('takes a block of all mails, and writes that count again only when the block is used up', () => {
    const allowance = new DailyAllowance(limits.inAll);
    const first = countsOf(allowance, 100, 10);
    expect(first.reserve(mailingOf(25)).map(({ data }) => data)).toEqual([{ period: DAY, count: 125 }]);
    first.settle(true);
    const second = countsOf(allowance, 125, 15);
    expect(second.reserve(mailingOf(25))).toEqual([]);
    second.settle(true);
    expect(allowance.leftOn(DAY)).toBe(0);
  });

  it('gives back what a claim took whose commit failed', () => {
    const allowance = new DailyAllowance(limits.inAll);
    allowance.add(DAY, 25);
    const counts = countsOf(allowance, 25, 10);
    counts.reserve(mailingOf(25));
    expect(allowance.leftOn(DAY)).toBe(15);
    counts.settle(false);
    expect(allowance.leftOn(DAY)).toBe(25);
  });
});

describe('a claim of invitations', () => {
  async function openFixture() {
    const engine = openSqlite(':memory:');
    const written: Write[] = [];
    const store: Store = {
      ...wrapStore(engine, (_, call) => call()),
      commit(command, writes, deadline) {
        written.push(...writes);
        return engine.commit(command, writes, deadline);
      },
    };
    const testApp = await openTestApp({ store });
    onTestFinished(() => engine.close());
    const background = mailBackground(testApp);
    const borrower = await testApp.as('bo@gmail.com');
    return {
      /** Invites by one request. @returns the counts that the claim of its mails wrote, besides those of mailboxes */
      async countsWrittenFor(addresses: readonly string[]): Promise<Set<string>> {
        const lenders = addresses.map((email) => ({ email, contribution_amount: 1 }));
        await borrower.send('POST', '/loans', { body: { ...LOAN, lenders }, from: '203.0.113.9' });
        written.length = 0;
        await background.run();
        const counts = written.filter((write) => !isDelete(write) && ['counter', 'mailCount'].includes(kindOf(write.key)));
        return new Set(counts.map(({ key }) => key.sort.replace(/#.*/, '')));
      },
    };
  }

  it('writes two counts however many people it invites, and the third for many claims of a process', async () => {
    const { countsWrittenFor } = await openFixture();
    const family = (from: number) =>
      Array.from({ length: 10 }, (_, index) => `m${from + index}@${index % 3 ? `d${index}.coop` : 'gmail.com'}`);
    expect(await countsWrittenFor(family(0))).toEqual(new Set(['all', 'mails', 'network']));
    expect(await countsWrittenFor(family(10))).toEqual(new Set(['mails', 'network']));
    expect(await countsWrittenFor(['ann@gmail.com'])).toEqual(new Set(['mails', 'network']));
  });

  it('writes one more count for a domain of which it invites many', async () => {
    const { countsWrittenFor } = await openFixture();
    await countsWrittenFor(['ann@gmail.com']);
    const staff = Array.from({ length: 20 }, (_, index) => `m${index}@acme.coop`);
    expect(await countsWrittenFor(staff)).toEqual(new Set(['domain', 'mails', 'network']));
  });
});
