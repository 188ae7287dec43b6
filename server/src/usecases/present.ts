import type * as z from 'zod';
import type { Chapter } from '../domain/chapter.ts';
import { actorOf, type Happening } from '../domain/events.ts';
import type { UserId } from '../domain/ids.ts';
import { toPercent } from '../domain/interest.ts';
import { type Loan, remaining } from '../domain/loan.ts';
import { type MinorUnits, toMajorUnits } from '../domain/money.ts';
import { effectiveStatus, type Participant } from '../domain/participant.ts';
import type { eventShape, invitationShape, lenderShape, loanShape } from './shapes.ts';

/* From the domain's words to JSON's: major units, RFC 3339, snake_case. */

type LenderJson = z.output<typeof lenderShape>;
type LoanJson = z.output<typeof loanShape>;
type InvitationJson = z.output<typeof invitationShape>;
type EventJson = z.output<typeof eventShape>;

export function presentLoan(loan: Loan, version: number): LoanJson {
  return {
    loan_id: loan.loanId,
    ...presentTerms(loan),
    ...presentStanding(loan, version),
    created_at: presentTime(loan.createdAt),
  };
}

export function presentLender(loan: Loan, lender: Participant, now: number): LenderJson {
  return {
    lender_id: lender.lenderId,
    email: lender.email,
    ...(lender.name !== null && { name: lender.name }),
    contribution_amount: major(loan, lender.contribution),
    status: effectiveStatus(loan, lender, now),
    invited_at: presentTime(lender.invitedAt),
    expires_at: presentTime(lender.expiresAt),
  };
}

/** A lender's own row, with all that they need to decide. */
export function presentInvitation(loan: Loan, lender: Participant, now: number): InvitationJson {
  return {
    loan_id: loan.loanId,
    ...presentLender(loan, lender, now),
    loan: { ...presentTerms(loan), status: loan.status },
    borrower: { email: loan.borrowerEmail, name: loan.borrowerName },
  };
}

/** @param index of the happening in its chapter; with the version it makes the event's id */
export function presentEvent(chapter: Chapter, index: number, happening: Happening, viewer: UserId): EventJson {
  const { loan, version } = chapter;
  const actor = actorOf(happening, chapter.actor);
  const isOwn = actor === chapter.actor && chapter.actorId === viewer;
  return {
    event_id: `${loan.loanId}.${version}.${index}`,
    type: happening.type,
    loan_id: loan.loanId,
    at: presentTime(chapter.at),
    actor,
    ...(isOwn && { request_id: chapter.requestId }),
    data: {
      loan: presentStanding(loan, version),
      ...(happening.type === 'loan.created' && { terms: presentTerms(loan) }),
      // As it was written then: an event tells what happened, not what time has made of it since.
      ...('lender' in happening && {
        lender: { ...presentLender(loan, happening.lender, chapter.at), status: happening.lender.status },
      }),
    },
  };
}

function major(loan: Loan, units: MinorUnits): number {
  return toMajorUnits(units, loan.currency);
}

function presentTerms(loan: Loan) {
  return {
    amount: major(loan, loan.amount),
    currency: loan.currency.code,
    interest_rate: toPercent(loan.interestRate),
    term_months: loan.termMonths,
    purpose: loan.purpose,
  };
}

function presentStanding(loan: Loan, version: number) {
  return {
    total_invited: major(loan, loan.totalInvited),
    total_accepted: major(loan, loan.totalAccepted),
    remaining: major(loan, remaining(loan)),
    lender_count: loan.lenderCount,
    status: loan.status,
    version,
  };
}

/** RFC 3339, UTC. */
export function presentTime(time: number): string {
  return new Date(time).toISOString();
}
