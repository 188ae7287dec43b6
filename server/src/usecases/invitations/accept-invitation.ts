import * as z from 'zod';
import { accept } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { invitationResponse } from '../../schemas/responses.ts';
import { otherClaimedKeys } from '../authorization.ts';
import { planResponse, requireInvitation, viewInvitation } from './invitation-command.ts';

const input = z.object({ loan_id: fields.loanId });

export const acceptInvitation: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'AcceptInvitation',
  summary:
    'Accepts an invitation: from then on it is the caller’s, whoever holds the address. The acceptance that completes the amount funds the loan. Repeated, it answers the same.',
  input,
  output: invitationResponse,
  success: 200,
  actor: 'lender',
  view: viewInvitation,
  viewAlso: otherClaimedKeys,
  authorize: requireInvitation,

  plan(view, context) {
    return planResponse(view, context, accept);
  },
};
