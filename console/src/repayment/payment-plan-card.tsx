import type { Lender, Loan } from '@private-lending/client';
import { type Currency, parseCurrency } from '@private-lending/locale/currencies';
import { useEffect, useMemo } from 'react';
import { Card } from '../design/components/card.tsx';
import { ROLES } from '../design/table-roles.ts';
import { useTexts } from '../i18n/use-texts.ts';
import { useLenders } from '../loans/lenders/use-lenders.ts';
import { CostInWords, EstimatedCost } from './cost-in-words.tsx';
import { FiguresTable } from './figures-table.tsx';
import { type PaymentPlan, paymentPlan } from './payment-plan.ts';
import { useMinorAmount } from './use-minor-money.ts';
import './repayment.css';

/** Pages of 100 lenders who accepted that are read for the sums. */
const PAGES_MAX = 2;
const LENDERS_MAX = PAGES_MAX * 100;

interface PaymentPlanProps {
  readonly loan: Loan;
  /** What came since the lenders were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
}

/** What the borrower pays back to those who have accepted, in all and to each of them. */
export function PaymentPlanCard({ loan, changes }: PaymentPlanProps) {
  const t = useTexts('repayment');
  const currency = parseCurrency(loan.currency);
  const { plan, isTooMany } = usePaymentPlan({ loan, changes }, currency);
  if (!currency) return null;
  const { total_accepted: amount, interest_rate: interestRate, term_months: termMonths } = loan;
  return (
    <Card title={t('plan.title')}>
      {loan.status === 'open' && <p className="soft small">{t('plan.soFar')}</p>}
      {plan ? (
        <>
          <CostInWords amount={amount} currency={currency} cost={plan.cost} />
          <PlanTable plan={plan} currency={currency} isOpen={loan.status === 'funded'} />
        </>
      ) : (
        <>
          <EstimatedCost amount={amount} currency={currency} interestRate={interestRate} termMonths={termMonths} />
          {isTooMany && <p className="soft small">{t('plan.tooMany', { max: LENDERS_MAX })}</p>}
        </>
      )}
    </Card>
  );
}

function usePaymentPlan({ loan, changes }: PaymentPlanProps, currency: Currency | undefined) {
  const { lenders, pageCount, hasNextPage, isFetching, error, fetchNextPage } = useLenders({
    loan,
    status: 'accepted',
    changes,
    isEnabled: true,
    isEager: false,
  });
  const isTooMany = hasNextPage && pageCount >= PAGES_MAX;
  const isMore = hasNextPage && pageCount < PAGES_MAX && !isFetching && !error;
  useEffect(() => {
    if (isMore) void fetchNextPage();
  }, [isMore, fetchNextPage]);
  const { total_accepted: totalAccepted, interest_rate: interestRate, term_months: termMonths } = loan;
  const plan = useMemo(
    () => currency && lenders && paymentPlan(lenders, { currency, interestRate, termMonths, totalAccepted }),
    [currency, lenders, interestRate, termMonths, totalAccepted],
  );
  return { plan, isTooMany };
}

interface PlanTableProps {
  readonly plan: PaymentPlan<Lender>;
  readonly currency: Currency;
  readonly isOpen: boolean;
}

function PlanTable({ plan: { lenders }, currency, isOpen }: PlanTableProps) {
  const t = useTexts('repayment');
  const amount = useMinorAmount(currency);
  const columns = [t('plan.lender'), t('plan.eachMonth'), t('plan.last'), t('plan.inAll')];
  return (
    <FiguresTable title={t('plan.table', { currency: currency.code })} columns={columns} isOpen={isOpen} className="payment-plan">
      {lenders.map(({ lender, monthlyPayment, lastPayment, total }) => (
        <tr key={lender.lender_id} {...ROLES.row}>
          <th {...ROLES.rowheader} scope="row">
            <bdi>{lender.name ?? lender.email}</bdi>
          </th>
          <td {...ROLES.cell}>{amount(monthlyPayment)}</td>
          <td {...ROLES.cell}>{amount(lastPayment)}</td>
          <td {...ROLES.cell}>{amount(total)}</td>
        </tr>
      ))}
    </FiguresTable>
  );
}
