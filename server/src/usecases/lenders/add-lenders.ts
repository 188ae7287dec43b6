import * as z from 'zod';
import { invite, requireOpen } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { lendersAddedAnswer } from '../../schemas/responses.ts';
import { invitationCounterKey, loanKey, participantKey } from '../../storage/keys.ts';
import { borrowerOnly, known, loanInView } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import { countInvitations, invitationsOf, problemsAmongLenders, standingLenders, termFrom } from './invitation-request.ts';

const input = z.object({ loan_id: fields.loanId, lenders: fields.lenders });

export const addLenders: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'AddLenders',
  summary: 'Invites up to 20 lenders to a loan, each with an amount: all or none.',
  input,
  output: lendersAddedAnswer,
  success: 200,
  actor: 'borrower',

  form: problemsAmongLenders,

  view({ input, caller, ids, now }) {
    const loanId = known(input.loan_id, 'loan');
    return [
      loanKey(loanId),
      invitationCounterKey(caller.userId, now),
      ...input.lenders.map(({ email }) => participantKey(loanId, ids.lender(loanId, email))),
    ];
  },

  recover: expireWhenOverFunded,
  authorize: borrowerOnly,

  plan(view, asked) {
    const { input, now, ids } = asked;
    const seen = loanInView(view, input.loan_id);
    requireOpen(seen.data);
    const invitations = invitationsOf(seen.data.loanId, input.lenders, ids);
    const standing = standingLenders(view, seen.data.loanId, invitations);
    const change = invite(seen.data, standing, invitations, termFrom(asked));
    const { loan, participants } = change;
    const { loan_id, amount, total_invited, remaining, currency } = presentLoan(loan, seen.version + 1);
    return {
      change,
      counter: countInvitations(view, participants.length, asked),
      lendersAdded: participants.length,
      body: {
        success: true,
        loan_id,
        lenders_added: participants.length,
        total_invited,
        loan_amount: amount,
        remaining,
        currency,
        lenders: participants.map((lender) => presentLender(loan, lender, now)),
      },
    };
  },
};
