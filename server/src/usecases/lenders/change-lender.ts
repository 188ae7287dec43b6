import * as z from 'zod';
import { changeContribution } from '../../domain/loan.ts';
import type { Command } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { lenderAnswer } from '../../schemas/responses.ts';
import { borrowerOnly } from '../authorization.ts';
import { expireWhenOverFunded } from '../invitations/expire-when-over-funded.ts';
import { planOneLender, viewOneLender } from './lender-command.ts';

const input = z.object({ loan_id: fields.loanId, lender_id: fields.lenderId, contribution_amount: fields.amount });

export const changeLender: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'ChangeLender',
  summary: 'Gives a pending lender another amount.',
  input,
  output: lenderAnswer,
  success: 200,
  actor: 'borrower',
  view: viewOneLender,
  recover: expireWhenOverFunded,
  authorize: borrowerOnly,

  plan(view, context) {
    const { input, now } = context;
    return planOneLender(view, context, (loan, lender) => changeContribution(loan, lender, input.contribution_amount, now));
  },
};
