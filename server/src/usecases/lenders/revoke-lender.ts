import * as z from 'zod';
import { revoke } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { lenderAnswer } from '../../schemas/responses.ts';
import { borrowerOnly } from '../authorization.ts';
import { planOneLender, viewOneLender } from './lender-command.ts';

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId });

export const revokeLender: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'RevokeLender',
  summary: 'Takes a pending invitation back and frees its amount. Repeated, it answers the same.',
  input,
  output: lenderAnswer,
  success: 200,
  actor: 'borrower',
  view: viewOneLender,
  authorize: borrowerOnly,

  plan(view, context) {
    return planOneLender(view, context, (loan, lender) => revoke(loan, lender, context.now));
  },
};
