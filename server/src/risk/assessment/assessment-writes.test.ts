import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../domain/event-batch.ts';
import { parseMailId, parseRequestId } from '../../domain/ids.ts';
import { MAILS_PER_MAILING, toMailings } from '../../domain/mail/mailing.ts';
import { createOutgoingMail } from '../../domain/outgoing-mail.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import { holdKey } from '../../storage/keys.ts';
import { found, LOAN_ID, lenderOf, loanOf, NOW } from '../../testing/app/domain-fixtures.ts';
import { newCommand } from '../../testing/dynamodb/proxied-store.ts';
import { holdOf, holdWrites } from './assessment-writes.ts';

const requestId = found(parseRequestId('r'), 'r');
const ids = {
  outgoingMail: (...about: unknown[]) => found(parseMailId(hash('sha256', about.join(), 'base64url').slice(0, 22)), about),
};
const CAUSE = { isEnforced: true, modelVersion: 'test', reasons: [{ feature: 'digits', contribution: 2 }], score: 0.5 };

function batchOf(count: number, prefix = 'l', version = 3): EventBatch {
  const lenders = Array.from({ length: count }, (_, index) => lenderOf(`${prefix}${index}`));
  const events = lenders.map((lender) => ({ type: 'lender.invited', lender }) as const);
  const origin = { actor: 'borrower', actorId: null, requestId, traceparent: null } as const;
  return { version, at: NOW, ...origin, loan: loanOf(), events };
}

const standing = (data: RiskHold) => ({ key: holdKey(LOAN_ID, data.invitedAt), version: 4, command: newCommand(), data });
const written = (writes: readonly { readonly data: unknown }[]) => writes.map(({ data }) => data);

describe('holdOf', () => {
  it('names the mailings that the event handler for mail makes of the batch', () => {
    const batch = batchOf(2 * MAILS_PER_MAILING + 1);
    const mails = batch.events.flatMap((event) => {
      if (event.type !== 'lender.invited') return [];
      const { lenderId, round, email: to } = event.lender;
      const mailId = ids.outgoingMail('invitation', LOAN_ID, lenderId, round);
      const about = { mailId, kind: 'invitation', loanId: LOAN_ID, lenderId, round, to } as const;
      return [{ ...createOutgoingMail(about, NOW), requestId, traceparent: null }];
    });
    const { mailingIds } = holdOf(batch, CAUSE, ids);
    expect(mailingIds).toHaveLength(3);
    expect(mailingIds).toEqual(toMailings(mails).map(({ mailingId }) => mailingId));
  });
});

describe('holdWrites', () => {
  const first = holdOf(batchOf(2, 'a'), CAUSE, ids);

  it('leave a hold as it is where its batch comes again', () => {
    expect(holdWrites(first, standing({ ...first, decision: 'released', decidedAt: NOW }))).toEqual([]);
  });

  it('join the holds of two commits in one millisecond, with the higher score', () => {
    const second = holdOf(batchOf(3, 'b', 4), { ...CAUSE, score: 0.9, reasons: [] }, ids);
    const joined = { ...first, invitations: 5, score: 0.9, reasons: [], mailingIds: [...first.mailingIds, ...second.mailingIds] };
    expect(written(holdWrites(second, standing(first)))).toEqual([joined]);
    const turned = { ...joined, version: 4, mailingIds: [...second.mailingIds, ...first.mailingIds] };
    expect(written(holdWrites(first, standing(second)))).toEqual([turned]);
  });
});
