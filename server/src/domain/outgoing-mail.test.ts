import { describe, expect, it } from 'vitest';
import { DAY_MS, emailOf, found, LOAN_ID, lenderIdFor, lenderOf, loanWith, NOW, unitsOf } from '../testing/app/domain-fixtures.ts';
import { parseMailId, parseRequestId } from './ids.ts';
import { claimOrDropMail, createOutgoingMail, type MailContext, type OutgoingMail, retryOrFail } from './outgoing-mail.ts';

const MIDNIGHT = Date.UTC(2026, 2, 2);
const ANA = lenderOf('ana');
const FAILED = { isHandedOver: false };
const FULL_DAY = { count: 3, loanIds: [] };

const mailIdOf = (name: string) => found(parseMailId(name.padEnd(22, '_')), name);

function mailOf(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  const about = { mailId: mailIdOf('mail'), kind: 'invitation', loanId: LOAN_ID, lenderId: ANA.lenderId, round: 1 } as const;
  const request = { requestId: found(parseRequestId('r'), 'r'), traceparent: null };
  return { ...createOutgoingMail({ ...about, to: emailOf('ana@example.com') }, NOW), ...request, ...changes };
}

const contextOf = (changes: Partial<MailContext> = {}): MailContext => ({
  loan: loanWith([ANA]),
  lender: ANA,
  notice: undefined,
  day: undefined,
  isOptedOut: false,
  now: NOW,
  ...changes,
});

const stateOf = (mail: OutgoingMail, context: Partial<MailContext> = {}) =>
  claimOrDropMail(mail, contextOf(context))?.outgoingMail.state;

describe('claimOrDropMail', () => {
  it('holds a mail back until the next day, those that have waited for more days first', () => {
    const due = [0, 1, 5].map((days) => {
      const state = stateOf(mailOf({ createdAt: NOW - days * DAY_MS }), { day: FULL_DAY });
      return state?.name === 'waiting' ? state.from : 0;
    });
    expect(due.toSorted((a, b) => b - a)).toEqual(due);
    expect(new Set(due).size).toBe(3);
    for (const from of due) expect(Math.floor(from / 1000)).toBe(MIDNIGHT / 1000);
  });

  it('does not count a mail that it holds back, nor makes it the lender’s notice', () => {
    const claim = claimOrDropMail(mailOf(), contextOf({ day: FULL_DAY }));
    expect([claim?.day, claim?.notice, claim?.outgoingMail.countedOn]).toEqual([undefined, undefined, null]);
  });

  it('counts each mail once a day, also where it is tried again', () => {
    const first = claimOrDropMail(mailOf(), contextOf());
    expect(first?.day).toMatchObject({ count: 1, loanIds: [LOAN_ID] });
    const again = { ...found(first, 'a claim').outgoingMail, state: { name: 'waiting', from: NOW } } as const;
    const second = claimOrDropMail(again, contextOf({ day: { ...FULL_DAY, loanIds: [LOAN_ID] } }));
    expect([second?.day?.count, second?.outgoingMail.state.name]).toEqual([3, 'claimed']);
  });

  it('counts a claimed mail again that its day lacks, within the limit', () => {
    const state = { name: 'waiting', from: NOW } as const;
    const { day, outgoingMail } = found(claimOrDropMail(mailOf(), contextOf()), 'a claim');
    const again = { ...outgoingMail, state };
    expect(claimOrDropMail(again, contextOf())?.day?.count).toBe(1);
    expect(claimOrDropMail(again, contextOf({ day }))?.day?.count).toBe(1);
    expect(stateOf(again, { day: FULL_DAY })?.name).toBe('waiting');
    expect(claimOrDropMail(mailOf(), contextOf({ day }))?.day?.count).toBe(1);
  });

  it('limits neither mail to borrowers nor mail about a loan that is funded', () => {
    const accepted = lenderOf('ana', { status: 'accepted' });
    const context = { day: FULL_DAY, lender: accepted, loan: loanWith([accepted], { status: 'funded' }) };
    for (const kind of ['accepted', 'funded'] as const) expect(stateOf(mailOf({ kind }), context)?.name).toBe('claimed');
  });

  it.each<[OutgoingMail['kind'], number, string]>([
    ['invitation', 1, 'dropped'],
    ['changed', 500_000, 'dropped'],
    ['changed', 1, 'claimed'],
    ['reminder', 1, 'dropped'],
  ])('judges a %s by the last notice of the lender, which named %i: %s', (kind, contribution, expected) => {
    const notice = { mailId: mailIdOf('other'), round: 1, contribution: unitsOf(contribution), at: NOW + 1 };
    expect(stateOf(mailOf({ kind }), { notice })?.name).toBe(expected);
    expect(stateOf(mailOf({ kind }), { notice: { ...notice, round: 0 } })?.name).toBe('claimed');
    expect(stateOf(mailOf({ kind }), { notice: { ...notice, mailId: mailIdOf('mail') } })?.name).toBe('claimed');
  });

  it('drops a mail of an earlier round', () => {
    const lender = lenderOf('ana', { lenderId: lenderIdFor('ana'), round: 2 });
    expect(stateOf(mailOf(), { lender, loan: loanWith([lender]) })).toMatchObject({ name: 'dropped', reason: 'obsolete' });
  });
});

describe('retryOrFail', () => {
  it('retries for two days after the mail was held back for the last time', () => {
    const held = mailOf({ createdAt: NOW - 5 * DAY_MS, tries: 1, heldUntil: NOW - 47 * 3_600_000 });
    expect(retryOrFail(held, FAILED, NOW).state.name).toBe('waiting');
    expect(retryOrFail(held, FAILED, NOW + 3_600_000).state.name).toBe('failed');
  });
});
