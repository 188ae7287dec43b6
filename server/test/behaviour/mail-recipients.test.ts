import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CanonicalMailbox,
  canonicalMailbox,
  earlierMailboxes,
  earlierOptOutMailboxes,
} from '../../src/domain/mail/canonical-mailbox.ts';
import { periodAt } from '../../src/domain/usage-counter.ts';
import { dailyMailCountKey, optOutKey } from '../../src/storage/keys.ts';
import { emailOf } from '../../src/testing/app/domain-fixtures.ts';
import type { TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { mailBackground } from '../../src/testing/mail/mail-background.ts';
import { type IdentityProvider, startIdentityProvider } from '../../src/testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../src/testing/oidc/oidc-users.ts';

/* Which mailbox gets mail: the newest verified address of a user, the invited address where nobody has answered, and no opt-out. */

const DAY_MS = 86_400_000;

let provider: IdentityProvider;
let testApp: TestApp;
let background: ReturnType<typeof mailBackground>;
let borrower: Awaited<ReturnType<typeof userAt>>;

const at = (sub: string, email: string) => userAt(testApp, provider, sub, email);

beforeEach(async () => {
  provider = await startIdentityProvider();
  testApp = await openOidcTestApp(provider);
  background = mailBackground(testApp);
  borrower = await at('bo', 'bo@example.com');
});

afterEach(async () => {
  await testApp.close();
  await provider.close();
});

async function invite(...addresses: readonly string[]): Promise<string> {
  const lenders = addresses.map((email) => ({ email, contribution_amount: 100 }));
  return (await borrower.post('/loans', { ...LOAN, lenders })).body.loan.loan_id;
}

/** A user is seen with another address, by a request of any kind, with a token of a minute later. */
async function moves(sub: string, email: string) {
  testApp.advance(60_000);
  const user = await at(sub, email);
  await user.get('/loans');
  return user;
}

const recipientsOf = (subject: string) =>
  background.messages.filter((message) => message.subject.startsWith(subject)).map(({ to }) => String(to));

describe('mail about a user', () => {
  it('goes to the newest verified address of a lender who has answered', async () => {
    const loan = await invite('ana@old.example');
    await (await at('ana', 'ana@old.example')).post(`/invitations/${loan}/accept`);
    await background.run();
    await moves('ana', 'ana@new.example');
    await borrower.post(`/loans/${loan}/close`);
    await background.run();
    expect(recipientsOf('The loan is closed: you lend')).toEqual(['ana@new.example']);
  });

  it('does not announce an amount that a mail to an older address of the lender has named', async () => {
    const loan = await invite('ana@old.example');
    await (await at('ana', 'ana@old.example')).post(`/invitations/${loan}/decline`);
    await moves('ana', 'ana@new.example');
    const lenders = [{ email: 'ana@old.example', contribution_amount: 100 }];
    const path = `/loans/${loan}/lenders/${(await borrower.post(`/loans/${loan}/lenders`, { lenders })).body.lenders[0].lender_id}`;
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana@new.example']);
    await moves('ana', 'ana@newest.example');
    testApp.advance(DAY_MS);
    const change = async (contribution_amount: number) =>
      expect((await (await at('bo', 'bo@example.com')).patch(path, { contribution_amount })).status).toBe(200);
    for (const amount of [7, 100]) await change(amount);
    await background.run();
    expect(recipientsOf('Changed')).toEqual([]);
    await change(7);
    await background.run();
    expect(recipientsOf('Changed')).toEqual(['ana@newest.example']);
  });

  it('goes to the newest verified address of the borrower, not that of the loan’s creation', async () => {
    const loan = await invite('ana@example.com');
    await moves('bo', 'bo@new.example');
    await (await at('ana', 'ana@example.com')).post(`/invitations/${loan}/accept`);
    await background.run();
    expect(recipientsOf('Accepted')).toEqual(['bo@new.example']);
  });

  it('goes to the newest address as of when it is sent, also where it was queued before', async () => {
    const loan = await invite('ana@old.example');
    await background.run();
    const ana = await at('ana', 'ana@old.example');
    await ana.post(`/invitations/${loan}/decline`);
    await background.run();
    testApp.advance(DAY_MS);
    borrower = await at('bo', 'bo@example.com');
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@old.example', contribution_amount: 5 }] });
    await moves('ana', 'ana@new.example');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana@old.example', 'ana@new.example']);
    expect(background.messages.at(-1)?.text.replaceAll(/\s+/g, ' ')).toContain('sent to, ana@new.example');
  });

  it('goes to the invited address as long as nobody has answered', async () => {
    const ana = await at('ana', 'ana@old.example');
    await ana.get('/invitations');
    await moves('ana', 'ana@new.example');
    await invite('ana@old.example');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana@old.example']);
  });

  it('does not go to an older address that a token of before still has', async () => {
    const old = await at('bo', 'bo@example.com');
    const loan = await invite('ana@example.com');
    await moves('bo', 'bo@new.example');
    await background.run();
    await old.get('/loans');
    await (await at('ana', 'ana@example.com')).post(`/invitations/${loan}/accept`);
    await background.run();
    expect(recipientsOf('Accepted')).toEqual(['bo@new.example']);
  });
});

async function storeOptOuts(mailboxes: readonly CanonicalMailbox[]): Promise<void> {
  const { ids } = testApp.app.services;
  const writes = mailboxes.map((mailbox) => ({ key: optOutKey(mailbox), expected: 0, data: { at: testApp.now } }));
  await testApp.store.commit(ids.command(), writes);
}

/** The name under which the first versions stored an opt-out. */
function spellingOf(address: string): CanonicalMailbox {
  const email = emailOf(address);
  return earlierOptOutMailboxes(email).at(-1) ?? canonicalMailbox(email);
}

describe('the daily limit of a mailbox', () => {
  it('includes what an earlier version counted today under another name of it', async () => {
    const [mailbox] = earlierMailboxes(emailOf('val@icloud.com'));
    if (!mailbox) throw new Error('no earlier name');
    const key = dailyMailCountKey(mailbox, periodAt('day', testApp.now));
    await testApp.store.commit(testApp.app.services.ids.command(), [{ key, expected: 0, data: { count: 2, loanIds: [] } }]);
    await invite('val@icloud.com');
    await invite('val+2@icloud.com');
    await background.run();
    expect(recipientsOf('You are invited')).toHaveLength(1);
  });
});

describe('opting out', () => {
  const optOut = (address: string) => testApp.send('POST', '/mail/opt-out', { body: { token: background.optOutToken(address) } });

  it('is for the mailbox, however its address is spelled', async () => {
    await invite('v.al+1@gmail.com');
    await background.run();
    expect((await optOut('v.al+1@gmail.com')).status).toBe(200);
    await invite('val@googlemail.com', 'v.a.l+2@gmail.com', 'other@gmail.com');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['v.al+1@gmail.com', 'other@gmail.com']);
  });

  it('holds where an earlier version stored it under the exact spelling of the address', async () => {
    await storeOptOuts(['v.al+1@gmail.com', 'ben@example.com'].map(spellingOf));
    await invite('v.al+2@gmail.com', 'v.al+1@gmail.com', 'ben+x@example.com');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual([]);
    const val = await at('val', 'v.al+1@gmail.com');
    expect((await val.delete('/mail/opt-out')).status).toBe(200);
    testApp.advance(DAY_MS);
    borrower = await at('bo', 'bo@example.com');
    await invite('v.al+1@gmail.com');
    await background.run();
    expect(recipientsOf('You are invited')).toContain('v.al+1@gmail.com');
  });

  it.each([
    ['val@pm.me', 'v.a.l@proton.me'],
    ['val@me.com', 'val+x@icloud.com'],
    ['val@icloud.com', 'val@mac.com'],
    ['val@yandex.com', 'val@ya.ru'],
  ])('holds for all spellings where an earlier version stored it for %s, as for %s', async (stored, invited) => {
    await storeOptOuts([spellingOf(stored)]);
    await invite(invited);
    await background.run();
    expect(recipientsOf('You are invited')).toEqual([]);
    testApp.advance(DAY_MS);
    await (await at('val', stored)).delete('/mail/opt-out');
    borrower = await at('bo', 'bo@example.com');
    await invite(invited, stored);
    await background.run();
    expect(recipientsOf('You are invited')).toEqual([invited]); // one mail a day for one loan
  });

  it('is undone where an earlier version stored it and no mail has met it since', async () => {
    await storeOptOuts([spellingOf('val@me.com')]);
    testApp.advance(1000);
    await (await at('val', 'val@icloud.com')).delete('/mail/opt-out');
    await invite('val@mac.com');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['val@mac.com']);
  });

  it('holds for all keywords once a mail met that of an earlier version', async () => {
    await storeOptOuts([spellingOf('val-shop@yahoo.com')]);
    await invite('val-shop@yahoo.com');
    await background.run();
    await invite('val-bank@yahoo.com', 'val@yahoo.com');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['val@yahoo.com']);
  });

  it('is for the mailbox that got the mail and for the one that the user has now', async () => {
    const loan = await invite('ana@old.example');
    await background.run();
    await (await at('ana', 'ana@old.example')).post(`/invitations/${loan}/accept`);
    await moves('ana', 'ana@new.example');
    await background.run();
    await optOut('ana@old.example');
    await borrower.post(`/loans/${loan}/close`);
    await background.run();
    expect(recipientsOf('The loan is closed: you lend')).toEqual([]);
    testApp.advance(DAY_MS);
    borrower = await at('bo', 'bo@example.com');
    await invite('ana@old.example');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana@old.example']);
    await (await at('next', 'ana@old.example')).delete('/mail/opt-out'); // a new owner of the address
    testApp.advance(DAY_MS);
    borrower = await at('bo', 'bo@example.com');
    await invite('ana@old.example');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana@old.example', 'ana@old.example']);
  });

  it('is undone by accepting an invitation, and can be repeated', async () => {
    const loan = await invite('ana+1@example.com');
    await background.run();
    await optOut('ana+1@example.com');
    await (await at('ana', 'ana+1@example.com')).post(`/invitations/${loan}/accept`);
    await background.run();
    await borrower.post(`/loans/${loan}/close`);
    await background.run();
    expect(recipientsOf('The loan is closed: you lend')).toEqual(['ana+1@example.com']);
    await optOut('ana+1@example.com');
    await invite('ana@example.com');
    await background.run();
    expect(recipientsOf('You are invited')).toEqual(['ana+1@example.com']);
  });

  it('after an acceptance is not undone when its event is delivered late', async () => {
    const loan = await invite('ana@example.com');
    await background.run();
    await (await at('ana', 'ana@example.com')).post(`/invitations/${loan}/accept`);
    testApp.advance(1000);
    await optOut('ana@example.com');
    await background.run();
    await borrower.post(`/loans/${loan}/close`);
    await background.run();
    expect(recipientsOf('The loan is closed: you lend')).toEqual([]);
  });

  it('is undone by the signed-in owner of the address, and by nobody else', async () => {
    await invite('ana@example.com');
    await background.run();
    await optOut('ana@example.com');
    expect((await (await at('eve', 'eve@example.com')).delete('/mail/opt-out')).status).toBe(200);
    await (await at('b2', 'b2@example.com')).post('/loans', {
      ...LOAN,
      lenders: [{ email: 'ana@example.com', contribution_amount: 1 }],
    });
    await background.run();
    expect(recipientsOf('You are invited')).toHaveLength(1);
    const { status, body } = await (await at('ana', 'ana@example.com')).delete('/mail/opt-out');
    expect([status, body]).toEqual([200, { success: true, status: 'resumed' }]);
    await (await at('b3', 'b3@example.com')).post('/loans', {
      ...LOAN,
      lenders: [{ email: 'ana@example.com', contribution_amount: 1 }],
    });
    await background.run();
    expect(recipientsOf('You are invited')).toHaveLength(2);
  });
});

describe('mail to the borrower about an answer', () => {
  it('is sent for each change of mind, but not where a user confirms a decline by link', async () => {
    const loan = await invite('ana@example.com', 'ben@example.com');
    await background.run();
    const declineByLink = (address: string) => {
      const mail = background.messages.find(({ to }) => to === address);
      const token = /\/invite\/[^#]+#([\w-]{88})/.exec(mail?.text ?? '')?.[1];
      return testApp.send('POST', '/mail/decline', { body: { token } });
    };
    for (const address of ['ana@example.com', 'ben@example.com']) expect((await declineByLink(address)).status).toBe(200);
    await background.run();
    const [ana, ben] = [await at('ana', 'ana@example.com'), await at('ben', 'ben@example.com')];
    await ben.post(`/invitations/${loan}/decline`);
    await ana.post(`/invitations/${loan}/accept`);
    await background.run();
    await ana.post(`/invitations/${loan}/decline`);
    await background.run();
    const answers = background.messages.filter(({ to }) => to === 'bo@example.com').map(({ subject }) => subject.split(':')[0]);
    expect(answers).toEqual(['Declined', 'Declined', 'Accepted', 'Withdrawn']);
  });
});
