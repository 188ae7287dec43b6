import type * as z from 'zod';
import { invitationsResponse, loanResponse, loansResponse } from '../../schemas/responses.ts';
import { listInvitations } from '../../usecases/invitations/list-invitations.ts';
import { listLoans, ROLES } from '../../usecases/loans/list-loans.ts';
import { readLoan } from '../../usecases/loans/read-loan.ts';
import { type Builder, useCaseField, useCaseOptions } from './schema-builder.ts';
import type { Types } from './types.ts';

export function addQueries(builder: Builder, { loan, invitation, lenderStatus }: Types): void {
  const role = builder.enumType('Role', { values: ROLES });
  const loanPage = builder.objectRef<z.output<typeof loansResponse>>('LoanPage').implement({
    fields: (t) => ({
      loans: t.expose('loans', { type: [loan] }),
      nextCursor: t.exposeString('next_cursor', { nullable: true }),
    }),
  });
  const invitationPage = builder.objectRef<z.output<typeof invitationsResponse>>('InvitationPage').implement({
    fields: (t) => ({
      invitations: t.expose('invitations', { type: [invitation] }),
      nextCursor: t.exposeString('next_cursor', { nullable: true }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      loan: t.field({
        ...useCaseOptions(readLoan),
        type: loan,
        args: { loanId: t.arg.id({ required: true }) },
        resolve: async (_, args, { run }) => (await run(readLoan, loanResponse, args)).loan,
      }),
      loans: t.field({
        ...useCaseField(listLoans, loansResponse),
        type: loanPage,
        args: { role: t.arg({ type: role }), limit: t.arg.int(), cursor: t.arg.string() },
      }),
      invitations: t.field({
        ...useCaseField(listInvitations, invitationsResponse),
        type: invitationPage,
        args: { status: t.arg({ type: lenderStatus }), limit: t.arg.int(), cursor: t.arg.string() },
      }),
    }),
  });
}
