import type { Lender, Loan } from '@private-lending/client';
import { useMemo } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { arrangeLenders, countByStatus, type LendersView } from './arrange-lenders.ts';
import { ARRANGED_MAX, useLenders } from './use-lenders.ts';

interface ArrangedOptions {
  readonly loan: Loan;
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
  readonly view: LendersView;
  readonly isBorrower: boolean;
}

/** A loan's lenders as the user wants to see them. Of large loans they are in the order of the server, which filters them by status. */
export function useArrangedLenders({ loan, changes, view, isBorrower }: ArrangedOptions) {
  const { language } = useLocale();
  const isEager = isBorrower && loan.lender_count <= ARRANGED_MAX;
  const all = useLenders({ loan, changes, status: undefined, isEnabled: true, isEager });
  const { lenders: read, hasNextPage } = all;
  const known = isBorrower && !hasNextPage ? read : undefined;
  const canArrange = known !== undefined && known.length <= ARRANGED_MAX;
  const { status } = view;
  const isFiltered = status !== undefined && !canArrange;
  const filtered = useLenders({ loan, changes, status, isEnabled: isFiltered, isEager: false });
  const arranged = useMemo(
    () => (canArrange ? arrangeLenders(known, view, language) : undefined),
    [canArrange, known, view, language],
  );
  const counts = useMemo(() => known && countByStatus(known), [known]);
  const list = isFiltered ? filtered : all;
  return { list: arranged ? { ...list, lenders: arranged } : list, counts, canArrange };
}
