import * as z from 'zod';
import { invite } from '../../domain/invitation.ts';
import { requireOpen } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
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

export const addLenders: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'AddLenders',
  summary: 'Invites up to 20 lenders to a loan, each with an amount: all or none.',
  input,
  output: lendersAddedResponse,
  success: 200,
  actor: 'borrower',

  form: validateLenders,

  view(context) {
    const { input, caller, now } = context;
    const loanId = requireId(input.loan_id, 'loan');
    const lenderKeys = input.lenders.map(({ email }) => lenderKey(loanId, lenderIdByEmail(context, email)));
    return [loanKey(loanId), invitationCounterKey(caller.userId, now), ...lenderKeys];
  },

  recover: expireWhenOverFunded,
  authorize: requireBorrower,

  plan(view, context) {
    const { input, now } = context;
    const { data: before, version } = requireLoan(view, input.loan_id);
    requireOpen(before);
    const requests = toInvitationRequests(input.lenders, (email) => lenderIdByEmail(context, email));
    const lenderIds = requests.map(({ lenderId }) => lenderId);
    const existing = existingLenders(view, before.loanId, lenderIds);
    const change = invite(before, existing, requests, invitationPeriod(context));
    const { loan, lenders } = change;
    const { loan_id, amount, total_invited, remaining, currency } = presentLoan(loan, version + 1);
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
