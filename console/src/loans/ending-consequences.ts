export type Ending = 'cancel' | 'close';

interface Totals {
  readonly accepted: number;
  readonly waiting: number;
}

/** What follows from ending a loan, as keys of the catalogue: what it becomes, what ends, who gets mail, and what can't be undone. */
export function consequencesOf(ending: Ending, { accepted, waiting }: Totals) {
  const waits = waiting > 0 ? (['end.waitingEnds'] as const) : [];
  if (ending === 'close') return ['close.funded', ...waits, 'close.mail', 'close.final'] as const;
  return accepted > 0
    ? (['cancel.nothing', 'cancel.acceptedEnds', ...waits, 'cancel.mail', 'cancel.final'] as const)
    : (['cancel.nothing', ...waits, 'cancel.mailNobody', 'cancel.final'] as const);
}
