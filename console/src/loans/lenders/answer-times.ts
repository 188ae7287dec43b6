import type { Event, Lender } from '@private-lending/client';

/** When invitations were answered or ended, as far as the events of their loan are known. */
export interface AnswerTimes {
  /** By lender id. */
  readonly answered: ReadonlyMap<string, string>;
  /** Ids of lenders whose invitation the borrower revoked. */
  readonly revoked: ReadonlySet<string>;
  /** Ids of lenders who had accepted before they declined. */
  readonly withdrawn: ReadonlySet<string>;
  /** Ids of lenders whose last answer was to accept: of a cancelled loan the API calls them revoked, too. */
  readonly accepted: ReadonlySet<string>;
  /** When the loan was funded, closed or cancelled. Undefined where not all events are known. */
  readonly loanEndedAt: string | undefined;
}

const ANSWERS: ReadonlySet<Event['type']> = new Set(['lender.accepted', 'lender.declined', 'lender.expired', 'lender.revoked']);
const LOAN_ENDS: ReadonlySet<Event['type']> = new Set(['loan.funded', 'loan.closed', 'loan.cancelled']);

/** @param isComplete whether these are all events up to now */
export function answerTimes(events: readonly Event[], isComplete: boolean): AnswerTimes {
  const answered = new Map<string, string>();
  const accepted = new Set<string>();
  const withdrawn = new Set<string>();
  const revoked = new Set<string>();
  for (const { type, at, data } of events) {
    if (!data.lender) continue;
    const { lender_id: id } = data.lender;
    if (ANSWERS.has(type)) answered.set(id, at);
    else answered.delete(id); // invited again, or changed
    if (type === 'lender.revoked') revoked.add(id);
    else revoked.delete(id);
    if (type === 'lender.declined' && accepted.has(id)) withdrawn.add(id);
    else withdrawn.delete(id);
    if (type === 'lender.accepted') accepted.add(id);
    else accepted.delete(id);
  }
  const loanEndedAt = isComplete ? events.findLast(({ type }) => LOAN_ENDS.has(type))?.at : undefined;
  return { answered, revoked, withdrawn, accepted, loanEndedAt };
}

/** @returns when an invitation ended with its loan, which the API calls revoked; undefined for others */
export function endedWithLoanAt({ lender_id: id, status }: Lender, { revoked, loanEndedAt }: AnswerTimes): string | undefined {
  return status === 'revoked' && !revoked.has(id) ? loanEndedAt : undefined;
}
