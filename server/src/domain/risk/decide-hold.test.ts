import { describe, expect, it } from 'vitest';
import { emailOf, found, LOAN_ID, lenderIdFor, NOW, userIdFor } from '../../testing/app/domain-fixtures.ts';
import { parseMailId, parseRequestId } from '../ids.ts';
import { mailsIn, toMailings } from '../mail/mailing.ts';
import { createOutgoingMail, type MailState, type OutgoingMail } from '../outgoing-mail.ts';
import { decideHold } from './decide-hold.ts';
import type { RiskHold } from './risk-hold.ts';

const TOMORROW = NOW + 80_000_000;
const OPERATOR = userIdFor('operator');

function mailOf(name: string, state: MailState, changes: Partial<OutgoingMail> = {}): OutgoingMail {
  const mailId = found(parseMailId(name.padEnd(22, '_')), name);
  const about = { mailId, kind: 'invitation', loanId: LOAN_ID, lenderId: lenderIdFor(name), round: 1 } as const;
  const request = { requestId: found(parseRequestId('r'), 'r'), traceparent: null };
  return { ...createOutgoingMail({ ...about, to: emailOf(`${name}@example.com`) }, NOW), ...request, ...changes, state };
}

function holdOf(changes: Partial<RiskHold> = {}): RiskHold {
  const about = { loanId: LOAN_ID, invitedAt: NOW, version: 1, borrowerId: userIdFor('borrower'), invitations: 2, score: 0.9 };
  const undecided = { decision: null, decidedAt: null, decidedBy: null };
  return { ...about, reasons: [], modelVersion: 'test', isEnforced: true, mailingIds: [], ...undecided, ...changes };
}

const stateOf = (mails: readonly OutgoingMail[]) => mails.map(({ state }) => state);

describe('decideHold', () => {
  const waiting = { name: 'waiting', from: TOMORROW } as const;

  it.each(['released', 'rejected'] as const)('keeps who %s it and when, and has its mails decided at once', (decision) => {
    const mailings = toMailings([mailOf('ana', waiting), mailOf('ben', { name: 'sent', at: NOW })]);
    const decided = decideHold(holdOf(), mailings, decision, OPERATOR, NOW + 5);
    expect(decided.hold).toEqual(holdOf({ decision, decidedAt: NOW + 5, decidedBy: OPERATOR }));
    const mails = decided.mailings.flatMap(mailsIn);
    expect(stateOf(mails)).toEqual([
      { name: 'waiting', from: NOW + 5 },
      { name: 'sent', at: NOW },
    ]);
    expect(mails.map(({ heldUntil }) => heldUntil)).toEqual([NOW + 5, undefined]);
  });

  it('changes no mailing that has nothing to wait for', () => {
    const mailings = toMailings([mailOf('ana', { name: 'claimed', until: TOMORROW })]);
    expect(decideHold(holdOf(), mailings, 'released', OPERATOR, NOW).mailings).toEqual([]);
  });

  it('leaves a mailing to the sender that is working on it, and takes it once the claim has ended', () => {
    const mailings = toMailings([mailOf('ana', { name: 'claimed', until: NOW + 5 }), mailOf('ben', waiting)]);
    expect(decideHold(holdOf(), mailings, 'released', OPERATOR, NOW).mailings).toEqual([]);
    const later = decideHold(holdOf(), mailings, 'released', OPERATOR, NOW + 5).mailings.flatMap(mailsIn);
    expect(stateOf(later)).toEqual([
      { name: 'claimed', until: NOW + 5 },
      { name: 'waiting', from: NOW + 5 },
    ]);
  });

  it('is a label only where the score is not enforced', () => {
    const mailings = toMailings([mailOf('ana', waiting)]);
    const decided = decideHold(holdOf({ isEnforced: false }), mailings, 'rejected', OPERATOR, NOW);
    expect(decided).toEqual({
      hold: holdOf({ isEnforced: false, decision: 'rejected', decidedAt: NOW, decidedBy: OPERATOR }),
      mailings: [],
    });
  });
});
