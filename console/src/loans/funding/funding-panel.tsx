import type { Event, Loan } from '@private-lending/client';
import { parseCurrency } from '@private-lending/locale/currencies';
import { useEffect, useRef, useState } from 'react';
import { useAnnounce } from '../../design/announcer.tsx';
import { Card } from '../../design/components/card.tsx';
import { FundingBar } from '../../design/components/funding-bar.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { EstimatedCost } from '../../repayment/cost-in-words.tsx';
import { describeEntry } from '../history/describe-entry.ts';
import type { HistoryEntry } from '../history/history-entries.ts';
import { type Decrease, decreaseBetween } from './explain-change.ts';
import { useFundingText } from './use-funding-text.ts';

interface FundingPanelProps {
  readonly loan: Loan;
  /** What came last while the page was open. */
  readonly latest: HistoryEntry | undefined;
  /** Undefined as long as it is not known. */
  readonly isBorrower: boolean | undefined;
  /** Of the loan, as far as they are read, oldest first. */
  readonly events: readonly Event[];
}

/** How much is accepted, waits and is free, and why that changed last. */
export function FundingPanel({ loan, latest, isBorrower, events }: FundingPanelProps) {
  const { money, time } = useLocale();
  const t = useTexts('loans');
  const notice = useNotice({ loan, latest, isBorrower, events });
  const summary = useFundingText()(loan);
  const currency = parseCurrency(loan.currency);
  return (
    <Card title={t('funding.title')}>
      {loan.status !== 'open' && <p>{summary}</p>}
      {loan.status === 'open' && (
        <p className="funding-headline figures">
          <strong>{money(loan.total_accepted, loan.currency)}</strong>
          <span className="soft">{t('funding.ofAmount', { amount: money(loan.amount, loan.currency) })}</span>
        </p>
      )}
      {loan.status !== 'cancelled' && <FundingBar loan={loan} />}
      {notice && loan.status === 'open' && (
        <p className="small">
          <time className="soft figures">{time(notice.at)}</time> {notice.text}
        </p>
      )}
      {isBorrower !== false && currency && loan.status === 'open' && (
        <details className="small">
          <summary>{t('cost.details')}</summary>
          <EstimatedCost amount={loan.amount} currency={currency} interestRate={loan.interest_rate} termMonths={loan.term_months} />
        </details>
      )}
    </Card>
  );
}

interface Notice {
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Missed {
  readonly version: number;
  readonly at: number;
  readonly key: Decrease;
}

/** Why the bar moved last. Also announced, with the totals after it; of a loan that has ended only these. */
function useNotice({ loan, latest, isBorrower, events }: FundingPanelProps): Notice | undefined {
  const { language, money } = useLocale();
  const t = useTexts('loans');
  const announce = useAnnounce();
  const describeFunding = useFundingText();
  const [missed, setMissed] = useState<Missed | undefined>(undefined);
  const before = useRef(loan);
  const latestText = latest && describeEntry({ t, language, money }, latest, { loan, isBorrower: isBorrower === true, events });
  const latestVersion = latest?.events.at(-1)?.data.loan.version ?? 0;

  useEffect(() => {
    const decrease = decreaseBetween(before.current, loan);
    before.current = loan;
    // Its event explains it, if it came; it may be on its way.
    if (decrease !== undefined) setMissed({ version: loan.version, at: Date.now(), key: decrease });
  }, [loan]);

  const funding = describeFunding(loan);
  // How a loan has ended is in the totals.
  const spoken = latestText && (loan.status === 'open' ? `${latestText} ${funding}` : funding);
  const said = useRef(0);
  useEffect(() => {
    if (spoken === undefined || said.current === latestVersion) return;
    said.current = latestVersion;
    announce(spoken);
  }, [spoken, latestVersion, announce]);

  if (missed && missed.version > latestVersion) return { text: t(`funding.less.${missed.key}`), at: missed.at };
  return latest && latestText !== undefined ? { text: latestText, at: Date.parse(latest.at) } : undefined;
}
