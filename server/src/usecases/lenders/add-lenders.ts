import * as z from 'zod';
import { invite, requireOpen } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { lendersAddedResponse } from '../../schemas/responses.ts';
import { invitationCounterKey, lenderKey, loanKey } from '../../storage/keys.ts';
import { requireBorrower, requireId, requireLoan } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import {
  countInvitations,
  existingLenders,
  invitationPeriod,
  toInvitationRequests,
  validateLenders,
} from './invitation-request.ts';

const input = z.object({ loan_id: fields.loanId, lenders: fields.lenders });

export const addLenders: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'AddLenders',
  summary: 'Invites up to 20 lenders to a loan, each with an amount: all or none.',
  input,
  output: lendersAddedResponse,
  success: 200,
  actor: 'borrower',

  validate: validateLenders,

  view({ input, caller, ids }) {
    const loanId = requireId(input.loan_id, 'loan');
    return [
      loanKey(loanId),
      invitationCounterKey(caller.userId),
      ...input.lenders.map(({ email }) => lenderKey(loanId, ids.lender(loanId, email))),
    ];
  },

  recover: expireWhenOverFunded,
  authorize: requireBorrower,

  plan(view, context) {
    const { input, now, ids } = context;
    const seen = requireLoan(view, input.loan_id);
    requireOpen(seen.data);
    const invitations = toInvitationRequests(seen.data.loanId, input.lenders, ids);
    const standing = existingLenders(view, seen.data.loanId, invitations);
    const change = invite(seen.data, standing, invitations, invitationPeriod(context));
    const { loan, lenders } = change;
    const { loan_id, amount, total_invited, remaining, currency } = presentLoan(loan, seen.version + 1);
    return {
      change,
      counter: countInvitations(view, lenders.length, context),
      lendersAdded: lenders.length,
      body: {
        success: true,
        loan_id,
        lenders_added: lenders.length,
        total_invited,
        loan_amount: amount,
        remaining,
        currency,
        lenders: lenders.map((lender) => presentLender(loan, lender, now)),
      },
    };
  },
};
