import * as z from 'zod';
import { revoke } from '../../domain/invitation.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { lenderResponse } from '../../schemas/responses.ts';
import { requireBorrower } from '../authorization.ts';
import { lenderViewKeys, planLenderChange } from './lender-command.ts';

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId });

export const revokeLender: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'RevokeLender',
  summary: 'Revokes a pending invitation and frees its amount. A repeat gets the same response.',
  input,
  output: lenderResponse,
  success: 200,
  actor: 'borrower',
  viewKeys: lenderViewKeys,
  authorize: requireBorrower,
  plan: (view, context) => planLenderChange(view, context, (loan, lender, version) => revoke(loan, lender, version, context.now)),
};
