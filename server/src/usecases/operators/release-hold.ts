import * as z from 'zod';
import type { Command } from '../../execution/use-case.ts';
import { holdDecidedResponse } from '../../schemas/hold-responses.ts';
import * as fields from '../../schemas/input-fields.ts';
import { holdViewKeys, requireHold } from './hold-access.ts';
import { planDecision, waitingMailingKeys } from './hold-command.ts';

const input = z.object({ hold_id: fields.holdId });

export const releaseHold: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'ReleaseHold',
  summary:
    'Has the mail about the invitations of a hold sent: for operators. Where the hold is only noted, its mail has left, and the decision is a label. Repeating it gives the same response; after the other decision it is 409.',
  input,
  output: holdDecidedResponse,
  success: 200,
  actor: 'system',
  viewKeys: holdViewKeys,
  moreViewKeys: waitingMailingKeys,
  authorize: requireHold,
  plan: (view, context) => planDecision(view, context, 'released'),
};
