import * as z from 'zod';
import type { Query } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { loanResponse } from '../../schemas/responses.ts';
import { requireReadableLoan } from '../authorization.ts';

const input = z.object({ loan_id: fields.loanId });

export const readLoan: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadLoan',
  summary: 'A loan, for its borrower and its lenders. To anyone else it is not found.',
  input,
  output: loanResponse,

  async read(context, services) {
    const { loan } = await requireReadableLoan(context, services);
    return { success: true, loan: presentLoan(loan.data, loan.version) };
  },
};
