import { describe, expect, it, onTestFinished } from 'vitest';
import { parseLoanId } from '../../src/domain/ids.ts';
import type { MailLimits } from '../../src/domain/mail/limits/daily-limits.ts';
import { periodAt } from '../../src/domain/usage-counter.ts';
import { eventBatchKey, mailCountKey, senderMailCountKey } from '../../src/storage/keys.ts';
import { found } from '../../src/testing/app/domain-fixtures.ts';
import { csv, runToEnd } from '../../src/testing/app/import-helpers.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';

/* Daily limits of mail about pending invitations. What exceeds them is sent on the next days, and nobody is informed. */

const DAY_MS = 86_400_000;

const at = (domain: string, count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}@${domain}`);

describe.each(engines)('daily limits of mail on $name', ({ open }) => {
  async function openFixture(changes: Partial<MailLimits> = {}) {
    const limits = { isPaced: false, ...changes }; // see mail-pacing.test.ts
    const testApp = await openTestApp({ store: await open(), config: { invitesPerHour: 10_000 } });
    onTestFinished(() => testApp.close());
    const background = mailBackground(testApp, limits);
    const { messages, outcomes } = background;
    /** @param from the address of the client */
    const invite = async (by: TestUser, addresses: readonly string[], from?: string) => {
      const lenders = addresses.map((email) => ({ email, contribution_amount: 1 }));
      const response = await by.send('POST', '/loans', { body: { ...LOAN, lenders }, ...(from !== undefined && { from }) });
      expect(response.status).toBe(201);
      return response.body.loan.loan_id;
    };
    return {
      testApp,
      background,
      outcomes,
      invite,
      /** In loans of 20 lenders. */
      async inviteAll(by: TestUser, addresses: readonly string[], from?: string): Promise<void> {
        for (let start = 0; start < addresses.length; start += 20) await invite(by, addresses.slice(start, start + 20), from);
      },
      run: background.run,
      /** Sends what is due on the next day. @returns the number of mails sent on it */
      async nextDay(): Promise<number> {
        const before = messages.length;
        testApp.advance(DAY_MS - (testApp.now % DAY_MS) + 60_000);
        await background.run();
        return messages.length - before;
      },
      addresses: () => messages.map(({ to }) => String(to)),
      heldBy: (limit: string) => outcomes.filter((outcome) => outcome === limit).length,
    };
  }

  it('send three of 200 invitations to one mailbox by tags, from one account over several loans', async () => {
    const fixture = await openFixture();
    const borrower = await fixture.testApp.as('bo@gmail.com');
    const tags = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0 ? `v.ictim+${index}@gmail.com` : `victim+${index}@googlemail.com`,
    );
    await fixture.inviteAll(borrower, tags);
    await fixture.run();
    expect([fixture.addresses().length, fixture.heldBy('held-back')]).toEqual([3, 197]);
    await fixture.run();
    expect(fixture.addresses()).toHaveLength(3);
  });

  it.each([
    ['v.al+1@gmail.com', ['val@gmail.com', 'v.a.l+2@googlemail.com']],
    ['val@pm.me', ['v-al@proton.me', 'v.a_l+x@protonmail.com']],
    ['val-shop@yahoo.com', ['val-bank@yahoo.com', 'val-x+1@yahoo.com']],
    ['shop@val.fastmail.com', ['val@fastmail.com', 'bank@val.fastmail.com']],
  ])('leave an opt-out by %s in force for all other spellings', async (address, others) => {
    const fixture = await openFixture();
    const borrower = await fixture.testApp.as('bo@gmail.com');
    await fixture.invite(borrower, [address]);
    await fixture.run();
    const token = fixture.background.optOutToken(address);
    expect((await fixture.testApp.send('POST', '/mail/opt-out', { body: { token } })).status).toBe(200);
    await fixture.invite(borrower, others);
    await fixture.run();
    expect(fixture.addresses()).toEqual([address]);
    expect(fixture.heldBy('opted-out')).toBe(2);
  });

  it('send a borrower’s mail to a company’s domain over days, and all of it', async () => {
    const fixture = await openFixture({ perDomain: 40 });
    const borrower = await fixture.testApp.as('bo@gmail.com');
    await fixture.inviteAll(borrower, at('acme.coop', 60));
    await fixture.run();
    expect([fixture.addresses().length, fixture.heldBy('held-back-domain')]).toEqual([20, 40]);
    expect([await fixture.nextDay(), await fixture.nextDay(), await fixture.nextDay()]).toEqual([20, 20, 0]);
    expect(new Set(fixture.addresses())).toEqual(new Set(at('acme.coop', 60)));
  });

  it('send a member’s mail to their own domain at once', async () => {
    const fixture = await openFixture({ perDomain: 40 });
    await fixture.inviteAll(await fixture.testApp.as('bo@acme.coop'), at('acme.coop', 60));
    await fixture.run();
    expect(fixture.addresses()).toHaveLength(60);
  });

  it('leave half of what a domain gets to other borrowers, and hold them all to its limit', async () => {
    const fixture = await openFixture({ perDomain: 20 });
    for (const name of ['bo', 'eve', 'mal']) {
      await fixture.inviteAll(await fixture.testApp.as(`${name}@gmail.com`), at(`${name}.acme.coop`, 15));
      await fixture.run();
    }
    const sent = ['bo', 'eve', 'mal'].map((name) => fixture.addresses().filter((to) => to.includes(`@${name}.`)).length);
    expect(sent).toEqual([10, 10, 0]);
  });

  it('hold a borrower to their limit over all loans, and release the rest day by day', async () => {
    const fixture = await openFixture({ perSender: 25 });
    const borrower = await fixture.testApp.as('bo@gmail.com');
    await fixture.inviteAll(borrower, at('gmail.com', 60));
    await fixture.invite(await fixture.testApp.as('other@gmail.com'), at('example.org', 5));
    await fixture.run();
    expect([fixture.addresses().length, fixture.heldBy('held-back-sender')]).toEqual([30, 35]);
    expect([await fixture.nextDay(), await fixture.nextDay()]).toEqual([25, 10]);
    const [stored] = await fixture.testApp.store.get([senderMailCountKey(borrower.userId)]);
    expect(stored?.data).toEqual({ period: periodAt('day', fixture.testApp.now), count: 10, domains: {} });
  });

  it('hold the borrowers of one network to its limit, and no other’s', async () => {
    const fixture = await openFixture({ perNetwork: 15 });
    const [bo, eve, ann] = await Promise.all(['bo', 'eve', 'ann'].map((name) => fixture.testApp.as(`${name}@gmail.com`)));
    if (!bo || !eve || !ann) throw new Error('no users');
    await fixture.invite(bo, at('gmail.com', 10), '2001:db8:1:2::3');
    await fixture.invite(eve, at('gmail.com', 10, 10), '2001:db8:1:9::4');
    await fixture.invite(ann, at('gmail.com', 10, 20), '203.0.113.9');
    await fixture.invite(ann, at('gmail.com', 10, 30), '192.168.0.9');
    await fixture.run();
    const sent = [0, 20, 30].map((from) =>
      fixture.addresses().filter((to) => at('gmail.com', from === 0 ? 20 : 10, from).includes(to)),
    );
    expect(sent.map(({ length }) => length)).toEqual([15, 10, 10]);
    expect(fixture.heldBy('held-back-network')).toBe(5);
    expect(await fixture.nextDay()).toBe(5);
  });

  it('hold all mail to the operator’s limit, over several processes', async () => {
    const fixture = await openFixture({ inAll: 30 });
    const other = mailBackground(fixture.testApp, { inAll: 30 });
    for (const [index, process] of [fixture.background, other, fixture.background, other].entries()) {
      await fixture.invite(await fixture.testApp.as(`bo${index}@gmail.com`), at('gmail.com', 10, 10 * index));
      await process.run();
    }
    expect(fixture.addresses().length + other.messages.length).toBe(30);
    const [count] = await fixture.testApp.store.get([mailCountKey(periodAt('day', fixture.testApp.now))]);
    expect(count?.data.count).toBe(30);
    expect(await fixture.nextDay()).toBe(10);
  });

  it('count mails to lenders for the mailbox, and mails to the borrower for none', async () => {
    const fixture = await openFixture({ perSender: 2, perNetwork: 2, inAll: 2 });
    const borrower = await fixture.testApp.as('bo@gmail.com');
    const loanId = await fixture.invite(borrower, ['ana@gmail.com', 'ben@gmail.com'], '203.0.113.9');
    await fixture.run();
    await (await fixture.testApp.as('ana@gmail.com')).post(`/invitations/${loanId}/accept`);
    await borrower.post(`/loans/${loanId}/close`);
    await fixture.run();
    expect(fixture.addresses().toSorted()).toEqual([
      'ana@gmail.com',
      'ana@gmail.com',
      'ben@gmail.com',
      'bo@gmail.com',
      'bo@gmail.com',
    ]);
  });

  it('know the network also of a file that was uploaded and of a reminder', async () => {
    const { testApp, invite, run, nextDay, heldBy } = await openFixture({ perNetwork: 1 });
    const borrower = await testApp.as('bo@gmail.com');
    const path = `/loans/${await invite(borrower, ['ana@gmail.com'], '203.0.113.9')}/lenders`;
    const headers = { 'Content-Type': 'text/csv' };
    const upload = { raw: csv('ben@gmail.com,1,', 'cleo@gmail.com,1,'), headers, from: '203.0.113.9' };
    const { body } = await borrower.send('POST', `${path}/imports`, upload);
    await runToEnd(testApp, body.import.import_id);
    await run();
    expect(heldBy('held-back-network')).toBe(2);
    expect(await nextDay()).toBe(1);
    const [ana] = (await borrower.get(path)).body.lenders.filter(({ email }: { email: string }) => email === 'ana@gmail.com');
    const reminded = await borrower.send('POST', `${path}/${ana.lender_id}/reminders`, { from: '203.0.113.9' });
    expect(reminded.status).toBe(202);
    await run();
    expect(heldBy('held-back-network')).toBe(4); // the third invitation once more, and the reminder
  });

  it('neither change the response to an invitation nor show the network to anyone', async () => {
    const fixture = await openFixture({ perSender: 1 });
    const borrower = await fixture.testApp.as('bo@gmail.com');
    const loanId = await fixture.invite(borrower, ['ana@gmail.com'], '203.0.113.9');
    const path = `/loans/${loanId}`;
    const lendersOf = async (email: string) => {
      const body = { lenders: [{ email, contribution_amount: 1 }] };
      const { status, body: response } = await borrower.send('POST', `${path}/lenders`, { body, from: '203.0.113.9' });
      return [status, Object.keys(response), response.lenders.map((lender: object) => Object.keys(lender))];
    };
    const before = await lendersOf('ben@gmail.com');
    await fixture.run();
    expect(fixture.heldBy('held-back-sender')).toBe(1);
    expect(await lendersOf('cleo@gmail.com')).toEqual(before);
    const [batch] = await fixture.testApp.store.get([eventBatchKey(found(parseLoanId(loanId), loanId), 1)]);
    expect(batch?.data.network).toMatch(/^[\w-]{16}$/);
    const seen = [(await borrower.get(`${path}/events`)).text, (await borrower.get(path)).text, ...fixture.testApp.logged].join(
      '\n',
    );
    expect(seen).not.toContain('203.0.113');
    expect(seen).not.toContain(batch?.data.network);
  });
});
