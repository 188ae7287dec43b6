import * as z from 'zod';
import { changeContribution } from '../../domain/invitation.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { lenderResponse } from '../../schemas/responses.ts';
import { requireBorrower } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import { lenderViewKeys, planLenderChange } from './lender-command.ts';

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId, contribution_amount: fields.amount });

export const changeLender: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'ChangeLender',
  summary: 'Changes the amount of a pending lender.',
  input,
  output: lenderResponse,
  success: 200,
  actor: 'borrower',
  viewKeys: lenderViewKeys,
  recover: expireWhenOverFunded,
  authorize: requireBorrower,

  plan(view, context) {
    const { input, now } = context;
    return planLenderChange(view, context, (loan, lender) => changeContribution(loan, lender, input.contribution_amount, now));
  },
};
