import * as z from 'zod';
import { close } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { loanResponse } from '../../schemas/responses.ts';
import { requireBorrower } from '../authorization.ts';
import { loanViewKeys, planLoanChange } from './loan-command.ts';

const input = z.object({ loan_id: fields.loanId });

export const closeLoan: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'CloseLoan',
  summary: 'Funds a loan at the accepted total, and ends its pending invitations. A repeat gets the same response.',
  input,
  output: loanResponse,
  success: 200,
  actor: 'borrower',
  viewKeys: loanViewKeys,
  authorize: requireBorrower,
  plan: (view, context) => planLoanChange(view, context, close),
};
