import * as z from 'zod';
import { cancel } from '../domain/loan.ts';
import { loanKey } from '../storage/keys.ts';
import { borrowerOnly, known, loanInView } from './access.ts';
import * as fields from './fields.ts';
import { presentLoan } from './present.ts';
import { loanAnswer } from './shapes.ts';
import type { Command } from './use-case.ts';

const input = z.object({ loan_id: fields.loanId });

export const cancelLoan: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'CancelLoan',
  summary: 'Ends a loan and every invitation to it. Repeated, it answers the same.',
  input,
  output: loanAnswer,
  success: 200,
  actor: 'borrower',

  view({ input }) {
    return [loanKey(known(input.loan_id, 'loan'))];
  },

  authorize: borrowerOnly,

  plan(view, { input }) {
    const seen = loanInView(view, input.loan_id);
    const change = cancel(seen.data);
    if (!change) return { body: { success: true, loan: presentLoan(seen.data, seen.version) } };
    return { change, body: { success: true, loan: presentLoan(change.loan, seen.version + 1) } };
  },
};
