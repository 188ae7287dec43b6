import * as z from 'zod';
import { close } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { loanAnswer } from '../../schemas/responses.ts';
import { borrowerOnly } from '../authorization.ts';
import { planOneLoan, viewOneLoan } from './loan-command.ts';

const input = z.object({ loan_id: fields.loanId });

export const closeLoan: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'CloseLoan',
  summary: 'Funds a loan at what was accepted, and ends its pending invitations. Repeated, it answers the same.',
  input,
  output: loanAnswer,
  success: 200,
  actor: 'borrower',
  view: viewOneLoan,
  authorize: borrowerOnly,

  plan(view, context) {
    return planOneLoan(view, context, close);
  },
};
