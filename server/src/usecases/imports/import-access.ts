import { notFound } from '../../domain/errors.ts';
import type { ImportId } from '../../domain/ids.ts';
import type { LenderImport } from '../../domain/imports/lender-import.ts';
import type { Loan } from '../../domain/loan.ts';
import { isImportKept } from '../../domain/records/retention.ts';
import type { QueryServices, UseCaseContext } from '../../execution/use-case.ts';
import { Snapshot, View } from '../../execution/view.ts';
import { importKey, loanKey } from '../../storage/keys.ts';
import type { Item } from '../../storage/store.ts';
import { type LoanContext, requireBorrower, requireId, requireLoan } from '../authorization.ts';

/** Reads the loan that lenders are to be added to. @throws DomainError `NOT_FOUND`; `FORBIDDEN` for anybody but its borrower */
export async function requireOwnLoan(context: LoanContext, { store }: QueryServices): Promise<Loan> {
  const keys = [loanKey(requireId(context.input.loan_id, 'loan'))];
  const view = new View(Snapshot.read(keys, await store.get(keys)));
  requireBorrower(view, context);
  return requireLoan(view, context.input.loan_id).data;
}

type ImportContext = LoanContext & UseCaseContext<{ readonly import_id: ImportId | undefined }>;

/** Reads an import for the loan's borrower. @throws DomainError `NOT_FOUND` for anybody else, and once it has expired */
export async function requireImport({ input, caller, now }: ImportContext, { store }: QueryServices) {
  const keys = [loanKey(requireId(input.loan_id, 'loan')), importKey(requireId(input.import_id, 'import'))];
  const [loan, job] = (await store.batchGet<unknown>(keys)) as [Item<Loan> | undefined, Item<LenderImport> | undefined];
  if (loan?.data.borrowerId !== caller.userId) throw notFound('loan');
  if (job?.data.loanId !== loan.data.loanId || !isImportKept(job.data, now)) throw notFound('import');
  return { loan: loan.data, job: job.data };
}
