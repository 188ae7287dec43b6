import * as z from 'zod';
import { accept } from '../../domain/invitation.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { invitationResponse } from '../../schemas/responses.ts';
import { otherClaimedKeys } from '../authorization.ts';
import { expireWhenOverFunded } from './expire-when-over-funded.ts';
import { invitationViewKeys, planResponse, requireInvitation } from './invitation-command.ts';

const input = z.object({
  loan_id: fields.loanId,
  contribution_amount: fields.optional(fields.amount).meta({
    description: 'The amount that the lender has seen. If it was changed since, nothing is accepted: 409.',
    examples: [5000],
  }),
});

export const acceptInvitation: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'AcceptInvitation',
  summary:
    'Accepts an invitation, which then belongs to the caller, even if the address gets another owner. The acceptance that completes the amount funds the loan. A decline by the link of a mail is undone by it, while the amount is free and the invitation would not have expired. With the amount that the lender has seen, no other amount is accepted. A repeat gets the same response.',
  input,
  output: invitationResponse,
  success: 200,
  actor: 'lender',
  viewKeys: invitationViewKeys,
  recover: expireWhenOverFunded,
  moreViewKeys: otherClaimedKeys,
  authorize: requireInvitation,
  plan: (view, context) =>
    planResponse(view, context, (loan, lender, respondent, now) =>
      accept(loan, lender, respondent, now, context.input.contribution_amount),
    ),
};
