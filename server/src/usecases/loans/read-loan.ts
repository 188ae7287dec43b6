import * as z from 'zod';
import { waitingMailsOf } from '../../domain/mail/limits/waiting-mailings.ts';
import type { Query } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { ownLoanResponse } from '../../schemas/responses.ts';
import { senderMailCountKey } from '../../storage/keys.ts';
import { requireReadableLoan } from '../authorization.ts';

const input = z.object({ loan_id: fields.loanId });

export const readLoan: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadLoan',
  summary: 'A loan, for its borrower and its lenders. To anyone else it is not found.',
  input,
  output: ownLoanResponse,

  async read(context, services) {
    const countKey = senderMailCountKey(context.caller.userId);
    const { loan, invitations, view } = await requireReadableLoan(context, services, [countKey]);
    const body = { success: true, loan: presentLoan(loan.data, loan.version) };
    if (invitations) return body;
    // Mail about a loan that has ended is dropped when its time comes.
    const waiting = loan.data.status === 'open' ? waitingMailsOf(loan.data.loanId, view.at(countKey)?.data) : 0;
    return { ...body, mails_on_their_way: waiting };
  },
};
