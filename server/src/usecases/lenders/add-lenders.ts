import * as z from 'zod';
import { invite } from '../../domain/invitation.ts';
import { requireOpen } from '../../domain/loan.ts';
import type { Command, ViewContext } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { lendersAddedResponse } from '../../schemas/responses.ts';
import { invitationCounterKey, lenderKey, loanKey } from '../../storage/keys.ts';
import { lenderIdByEmail, requireBorrower, requireId, requireLoan } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import {
  countInvitations,
  existingLenders,
  invitationPeriod,
  toInvitationRequests,
  validateLenders,
} from './invitation-request.ts';

const input = z.object({ loan_id: fields.loanId, lenders: fields.lenders });

type Input = z.output<typeof input>;

export const addLenders: Command<Input> = {
  kind: 'command',
  endpoint: 'AddLenders',
  summary:
    'Invites up to 20 lenders to a loan, each with an amount: all or none. They get a mail. An address whose invitation has ended may be invited again.',
  input,
  output: lendersAddedResponse,
  success: 200,
  actor: 'borrower',

  validate: validateLenders,

  viewKeys(context) {
    const { input, caller } = context;
    return [loanKey(requireId(input.loan_id, 'loan')), invitationCounterKey(caller.userId), ...lenderKeys(context)];
  },

  recover: expireWhenOverFunded,
  authorize: requireBorrower,

  plan(view, context) {
    const { input, now } = context;
    const { data: before, version } = requireLoan(view, input.loan_id);
    requireOpen(before);
    const requests = toInvitationRequests(input.lenders, (email) => lenderIdByEmail(context, email));
    const change = invite(before, existingLenders(view, lenderKeys(context)), requests, invitationPeriod(context));
    const { loan, lenders } = change;
    const { loan_id, amount, total_invited, remaining, currency } = presentLoan(loan, version + 1);
    return {
      change,
      counters: [countInvitations(view, lenders.length, context)],
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

function lenderKeys(context: ViewContext<Input>) {
  const loanId = requireId(context.input.loan_id, 'loan');
  return context.input.lenders.map(({ email }) => lenderKey(loanId, lenderIdByEmail(context, email)));
}
