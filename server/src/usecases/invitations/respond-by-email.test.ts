import { beforeEach, describe, expect, it } from 'vitest';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

/* Links in e-mails, tested on the whole app. */

const DAY_MS = 86_400_000;

let testApp: TestApp;
let borrower: TestUser;
let loanId: string;
let lenderId: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loanId = await borrower.postsLoan();
  const { body } = await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
  lenderId = body.lenders[0].lender_id;
});

/** The token in the link of an invitation e-mail. */
function tokenOf(round = 1): string {
  const links = testApp.app.mailLinksAt('https://lending.example.org');
  const ref = { loanId, lenderId, round } as Parameters<typeof links.invitation>[0]; // valid ids: the app returned them
  return links.invitation(ref, testApp.now + 30 * DAY_MS).split('#')[1] ?? '';
}

const decline = (token: string) => testApp.send('POST', '/mail/decline', { body: { token } });
const loan = async () => (await borrower.get(`/loans/${loanId}`)).body.loan;

describe('readInvitationOfMail', () => {
  const stateOf = async (round?: number) => {
    const { status, body } = await testApp.send('POST', '/mail/invitation', { body: { token: tokenOf(round) } });
    expect([status, Object.keys(body)]).toEqual([200, ['success', 'state']]);
    return body.state;
  };

  it('says that an invitation is open, without a change, and that it was declined by link', async () => {
    expect(await stateOf()).toBe('open');
    expect(await loan()).toMatchObject({ version: 2 });
    await decline(tokenOf());
    expect(await stateOf()).toBe('declined');
  });

  it('says that an invitation was revoked or has expired, or that its loan has ended, and which mail is outdated', async () => {
    await borrower.delete(`/loans/${loanId}/lenders/${lenderId}`);
    expect(await stateOf()).toBe('ended');
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
    expect([await stateOf(1), await stateOf(2)]).toEqual(['replaced', 'open']);
    testApp.advance(30 * DAY_MS);
    expect(await stateOf(2)).toBe('ended');
  });

  it('says that the loan has ended', async () => {
    await borrower.post(`/loans/${loanId}/cancel`);
    expect(await stateOf()).toBe('ended');
  });

  it('does not say what a user has answered', async () => {
    const ann = await testApp.as('ann0@example.com');
    for (const answer of ['accept', 'decline']) {
      await ann.post(`/invitations/${loanId}/${answer}`);
      expect(await stateOf()).toBe('account');
    }
  });
});

describe('declineInvitationByMail', () => {
  it('frees the amount without an account, and accepts a repeat', async () => {
    expect((await decline(tokenOf())).status).toBe(200);
    expect(await loan()).toMatchObject({ remaining: 20_000, lender_count: 0, version: 3 });
    const { events } = (await borrower.get(`/loans/${loanId}/events`)).body;
    expect(events.at(-1)).toMatchObject({ type: 'lender.declined', actor: 'lender', data: { lender: { status: 'declined' } } });
    expect(events.at(-1)).not.toHaveProperty('request_id');
    expect((await decline(tokenOf())).status).toBe(200);
    expect(await loan()).toMatchObject({ version: 3 });
  });

  it('does not claim the invitation: the owner of the address still sees it', async () => {
    await decline(tokenOf());
    const { body } = await (await testApp.as('ann0@example.com')).get('/invitations');
    expect(body.invitations).toMatchObject([{ status: 'declined' }]);
  });

  it('rejects an invitation that an account has claimed', async () => {
    const ann = await testApp.as('ann0@example.com');
    await ann.post(`/invitations/${loanId}/accept`);
    expect((await decline(tokenOf())).status).toBe(409);
    await ann.post(`/invitations/${loanId}/decline`);
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
    const { status, body } = await decline(tokenOf(2));
    expect([status, body.message]).toEqual([409, expect.stringContaining('belongs to an account')]);
    expect(await loan()).toMatchObject({ remaining: 15_000 });
  });

  it('rejects links of earlier rounds and of ended invitations', async () => {
    await borrower.delete(`/loans/${loanId}/lenders/${lenderId}`);
    expect((await decline(tokenOf())).status).toBe(409);
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
    expect((await decline(tokenOf(1))).status).toBe(409);
    expect((await decline(tokenOf(2))).status).toBe(200);
  });

  it('rejects a token of another installation', async () => {
    const other = await openTestApp();
    const links = other.app.mailLinksAt('https://lending.example.org');
    const ref = { loanId, lenderId, round: 1 } as Parameters<typeof links.invitation>[0];
    const forged = links.invitation(ref, testApp.now + DAY_MS).split('#')[1] ?? '';
    expect((await decline(forged)).status).toBe(400);
    expect(await loan()).toMatchObject({ version: 2 });
  });

  it('is undone by the invited user who accepts, while the invitation would not have expired', async () => {
    await decline(tokenOf());
    const ann = await testApp.as('ann0@example.com');
    const { status, body } = await ann.post(`/invitations/${loanId}/accept`);
    expect([status, body.invitation.status, body.loan]).toMatchObject([
      200,
      'accepted',
      { remaining: 15_000, total_accepted: 5000 },
    ]);
    const { events } = (await borrower.get(`/loans/${loanId}/events`)).body;
    expect(events.map(({ type }: { type: string }) => type).slice(-3)).toEqual([
      'lender.invited',
      'lender.declined',
      'lender.accepted',
    ]);
    expect((await decline(tokenOf())).status).toBe(409);
    expect((await ann.post(`/invitations/${loanId}/decline`)).status).toBe(200);
    expect((await ann.post(`/invitations/${loanId}/accept`)).status).toBe(409);
    expect(await loan()).toMatchObject({ remaining: 20_000, total_accepted: 0, lender_count: 0 });
  });

  it('is undone through GraphQL too', async () => {
    await decline(tokenOf());
    const query = 'mutation ($id: ID!) { acceptInvitation(loanId: $id) { invitation { status } } }';
    const ann = await testApp.as('ann0@example.com');
    const { body } = await ann.post('/graphql', { query, variables: { id: loanId } });
    expect(body).toMatchObject({ data: { acceptInvitation: { invitation: { status: 'accepted' } } } });
  });

  it('is final once the user confirms it', async () => {
    await decline(tokenOf());
    const ann = await testApp.as('ann0@example.com');
    expect((await ann.post(`/invitations/${loanId}/decline`)).status).toBe(200);
    expect((await ann.post(`/invitations/${loanId}/accept`)).status).toBe(409);
  });

  it('is not undone by anybody else, nor after the invitation would have expired, nor without room', async () => {
    await decline(tokenOf());
    expect((await (await testApp.as('eve@example.com')).post(`/invitations/${loanId}/accept`)).status).toBe(404);
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 15_001, 'ben') });
    const ann = await testApp.as('ann0@example.com');
    const { status, body } = await ann.post(`/invitations/${loanId}/accept`);
    expect([status, body.error, body.details[0].code]).toEqual([409, 'CONFLICT', 'OVER_FUNDING']);
    testApp.advance(30 * DAY_MS);
    const late = await ann.post(`/invitations/${loanId}/accept`);
    expect([late.status, late.body.details]).toEqual([409, []]);
  });

  it('is undone with room that expired invitations hold', async () => {
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 15_000, 'ben') });
    testApp.advance(20 * DAY_MS);
    await borrower.delete(`/loans/${loanId}/lenders/${lenderId}`);
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
    await decline(tokenOf(2));
    await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 1000, 'eve') });
    testApp.advance(11 * DAY_MS);
    const ann = await testApp.as('ann0@example.com');
    expect((await ann.post(`/invitations/${loanId}/accept`)).status).toBe(200);
    expect(await loan()).toMatchObject({ total_invited: 6000, total_accepted: 5000, remaining: 14_000 });
  });

  it('logs a decline like any request, without the token', async () => {
    const token = tokenOf();
    await decline(token);
    expect(testApp.logged.at(-1)).toContain('"endpoint":"DeclineByMail"');
    expect(testApp.logged.join()).not.toContain(token);
  });
});
