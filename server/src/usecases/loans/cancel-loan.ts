import * as z from 'zod';
import { cancel } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { loanResponse } from '../../schemas/responses.ts';
import { requireBorrower } from '../authorization.ts';
import { loanViewKeys, planLoanChange } from './loan-command.ts';

const input = z.object({ loan_id: fields.loanId });

export const cancelLoan: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'CancelLoan',
  summary: 'Ends a loan and all its invitations. A repeat gets the same response.',
  input,
  output: loanResponse,
  success: 200,
  actor: 'borrower',
  viewKeys: loanViewKeys,
  authorize: requireBorrower,
  plan: (view, context) => planLoanChange(view, context, cancel),
};
