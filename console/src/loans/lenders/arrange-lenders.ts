import type { Lender } from '@private-lending/client';
import { INTL_LOCALES, type Language } from '@private-lending/locale/languages';
import type { LenderStatus } from './merge-lenders.ts';

export const STATUSES = ['pending', 'accepted', 'declined', 'expired', 'revoked'] as const satisfies readonly LenderStatus[];
export const ORDERS = ['newest', 'name', 'amount', 'status'] as const;

/** What a user wants to see of a loan's lenders. */
export interface LendersView {
  /** Undefined for all. */
  readonly status: LenderStatus | undefined;
  readonly order: (typeof ORDERS)[number];
  /** A part of a name or address. */
  readonly search: string;
}

/** Filters and sorts lenders: the newest or largest first, others in alphabetical order. */
export function arrangeLenders(lenders: readonly Lender[], view: LendersView, language: Language): readonly Lender[] {
  const searched = fold(view.search.trim());
  const matches = ({ status, name = '', email }: Lender) =>
    (view.status === undefined || status === view.status) && (fold(name).includes(searched) || fold(email).includes(searched));
  const { compare } = new Intl.Collator(INTL_LOCALES[language], { numeric: true });
  const byName = (a: Lender, b: Lender) => compare(a.name ?? a.email, b.name ?? b.email);
  const byOrder = COMPARE[view.order];
  return lenders.filter(matches).sort((a, b) => byOrder(a, b) || byName(a, b));
}

const COMPARE: Readonly<Record<LendersView['order'], (a: Lender, b: Lender) => number>> = {
  newest: (a, b) => Date.parse(b.invited_at) - Date.parse(a.invited_at),
  name: () => 0,
  amount: (a, b) => b.contribution_amount - a.contribution_amount,
  status: (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
};

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

export function countByStatus(lenders: readonly Lender[]): Readonly<Record<LenderStatus, number>> {
  const counts = { pending: 0, accepted: 0, declined: 0, expired: 0, revoked: 0 };
  for (const { status } of lenders) counts[status] += 1;
  return counts;
}
