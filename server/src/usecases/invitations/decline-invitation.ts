import * as z from 'zod';
import { decline } from '../../domain/invitation.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { invitationResponse } from '../../schemas/responses.ts';
import { otherClaimedKeys } from '../authorization.ts';
import { invitationViewKeys, planResponse, requireInvitation } from './invitation-command.ts';

const input = z.object({ loan_id: fields.loanId });

export const declineInvitation: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'DeclineInvitation',
  summary:
    'Declines an invitation and frees its amount; an accepted one too, while the loan is open. A repeat gets the same response.',
  input,
  output: invitationResponse,
  success: 200,
  actor: 'lender',
  viewKeys: invitationViewKeys,
  moreViewKeys: otherClaimedKeys,
  authorize: requireInvitation,
  plan: (view, context) => planResponse(view, context, decline),
};
