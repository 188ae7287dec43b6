import type { Event, Lender, Loan } from '@private-lending/client';
import { formatList, isolate } from '@private-lending/locale/text';
import type { Formats } from '../../i18n/locale.ts';
import type { Translate } from '../../i18n/texts.ts';
import type { HistoryEntry } from './history-entries.ts';
import { isWithdrawal } from './withdrawal.ts';

const NAMES_MAX = 3;

/** What texts are written with. */
interface Texts extends Pick<Formats, 'language' | 'money'> {
  readonly t: Translate<'loans'>;
}

interface Viewing {
  readonly loan: Pick<Loan, 'amount' | 'currency'>;
  readonly isBorrower: boolean;
  /** All that is known of the loan, oldest first. */
  readonly events: readonly Event[];
}

/** Says what happened, to the borrower or to a lender, who sees only what concerns the loan and them. */
export function describeEntry(texts: Texts, entry: HistoryEntry, viewing: Viewing): string {
  return viewing.isBorrower ? toBorrower(texts, entry, viewing) : toLender(texts, entry, viewing);
}

type Describe = (texts: Texts, entry: HistoryEntry, viewing: Viewing) => string;

const toBorrower: Describe = ({ t, money, language }, { type, events }, viewing) => {
  const { amount, currency } = viewing.loan;
  const lenders = lendersOf(events);
  const names = namesOf(lenders, (count) => t('event.more', { count }), language);
  const sum = money(sumOf(lenders), currency);
  const about = { name: names, amount: sum };
  switch (type) {
    case 'loan.created':
      return t('event.created', { amount: money(amount, currency) });
    case 'loan.funded':
      return t('event.funded');
    case 'loan.closed':
      return t('event.closed', closedAt(events, viewing, money));
    case 'loan.cancelled':
      return t('event.cancelled');
    case 'lender.invited':
      return t('event.invited', { count: lenders.length, names, amount: sum });
    case 'lender.changed':
      return t('event.changed', about);
    case 'lender.accepted':
      return t('event.accepted', about);
    case 'lender.declined':
      return t(hasWithdrawn(events, viewing) ? 'event.withdrawn' : 'event.declined', about);
    case 'lender.revoked':
      return t('event.revoked', about);
    case 'lender.expired':
      return t('event.expired', { count: lenders.length, names, amount: sum });
  }
};

const toLender: Describe = ({ t, money }, { type, events }, viewing) => {
  const { amount, currency } = viewing.loan;
  const own = { amount: money(sumOf(lendersOf(events)), currency) };
  switch (type) {
    case 'loan.created':
      return t('eventForLender.created', { amount: money(amount, currency) });
    case 'loan.funded':
      return t('event.funded');
    case 'loan.closed':
      return t('eventForLender.closed', closedAt(events, viewing, money));
    case 'loan.cancelled':
      return t('eventForLender.cancelled');
    case 'lender.invited':
      return t('eventForLender.invited', own);
    case 'lender.changed':
      return t('eventForLender.changed', own);
    case 'lender.accepted':
      return t('eventForLender.accepted', own);
    case 'lender.declined':
      return t(hasWithdrawn(events, viewing) ? 'eventForLender.withdrawn' : 'eventForLender.declined', own);
    case 'lender.revoked':
      return t('eventForLender.revoked', own);
    case 'lender.expired':
      return t('eventForLender.expired', own);
  }
};

function closedAt([event]: HistoryEntry['events'], { loan }: Viewing, money: Formats['money']) {
  return { accepted: money(event?.data.loan.total_accepted ?? 0, loan.currency), amount: money(loan.amount, loan.currency) };
}

/** A decline is the only event of its change. */
function hasWithdrawn([event]: HistoryEntry['events'], { events }: Viewing): boolean {
  return event !== undefined && isWithdrawal(event, events);
}

function lendersOf(events: HistoryEntry['events']): Lender[] {
  return events.flatMap(({ data: { lender } }) => (lender ? [lender] : []));
}

function namesOf(lenders: readonly Lender[], more: (count: number) => string, language: Formats['language']): string {
  const shown = lenders.slice(0, lenders.length > NAMES_MAX + 1 ? NAMES_MAX : lenders.length);
  const names = shown.map(({ name, email }) => isolate(name ?? email));
  const others = lenders.length - shown.length;
  return formatList(others > 0 ? [...names, more(others)] : names, language);
}

/** Of one change of the loan: at most 100 lenders. Decimals of a currency are at most 4. */
function sumOf(lenders: readonly Lender[]): number {
  return Math.round(lenders.reduce((sum, { contribution_amount: amount }) => sum + amount, 0) * 1e4) / 1e4;
}
