import { parseEmail } from '../../domain/email.ts';
import { type FieldError, rateLimited } from '../../domain/errors.ts';
import type { Caller } from '../../domain/identity.ts';
import type { Ids, LenderId, LoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { InvitationPeriod, InvitationRequest } from '../../domain/loan.ts';
import { hourOf, usedIn } from '../../domain/usage-counter.ts';
import type { CommandContext, CounterChange } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import type { LenderInput } from '../../schemas/input-fields.ts';
import { invitationCounterKey, lenderKey } from '../../storage/keys.ts';

/* What creating a loan with lenders and adding lenders to one have in common. */

const HOUR_MS = 3_600_000;

/** Addresses named twice, and the borrower's own; found in the request as sent, so that they stand beside other faults. */
export function validateLenders(sent: Readonly<Record<string, unknown>>, caller: Caller): FieldError[] {
  const problems: FieldError[] = [];
  const seen = new Set<string>();
  for (const [position, lender] of (Array.isArray(sent['lenders']) ? sent['lenders'] : []).entries()) {
    const email = addressIn(lender);
    if (email === undefined) continue;
    const path = `lenders[${position}].email`;
    if (seen.has(email))
      problems.push({ path, code: 'DUPLICATE_IN_REQUEST', message: `${email} appears more than once in this request` });
    if (email === caller.email)
      problems.push({ path, code: 'SELF_INVITATION', message: 'You cannot invite yourself to your own loan' });
    seen.add(email);
  }
  return problems;
}

function addressIn(lender: unknown): string | undefined {
  const isObject = typeof lender === 'object' && lender !== null && 'email' in lender;
  return isObject && typeof lender.email === 'string' ? parseEmail(lender.email) : undefined;
}

/** A request's lenders as the loan's rules take them. */
export function toInvitationRequests(loanId: LoanId, lenders: readonly LenderInput[], ids: Ids): InvitationRequest[] {
  return lenders.map(({ email, name, contribution_amount }, position) => {
    return { path: `lenders[${position}]`, lenderId: ids.lender(loanId, email), email, name, amount: contribution_amount };
  });
}

/** Those of them who are in the loan already, whatever became of them. */
export function existingLenders(view: View, loanId: LoanId, invitations: readonly InvitationRequest[]): Map<LenderId, Lender> {
  const standing = new Map<LenderId, Lender>();
  for (const { lenderId } of invitations) {
    const lender = view.at(lenderKey(loanId, lenderId));
    if (lender) standing.set(lenderId, lender.data);
  }
  return standing;
}

/** How long an invitation stands that is made now. */
export function invitationPeriod({ now, rules }: CommandContext<unknown>): InvitationPeriod {
  return { invitedAt: now, expiresAt: now + rules.invitationMs };
}

/** Counts invitations against the borrower's hour, or refuses them all. */
export function countInvitations(view: View, invitations: number, { caller, now, rules }: CommandContext<unknown>): CounterChange {
  const key = invitationCounterKey(caller.userId);
  const period = hourOf(now);
  const sent = usedIn(period, view.at(key)?.data);
  const hourEnd = hourEndAfter(now);
  if (sent + invitations > rules.invitesPerHour) {
    const message =
      `You may send ${rules.invitesPerHour} invitations an hour; ${sent} were sent in this one and ${invitations} more were asked for. ` +
      `Please retry after ${new Date(hourEnd).toISOString()}.`;
    throw rateLimited(message, Math.ceil((hourEnd - now) / 1000));
  }
  return { key, data: { period, count: sent + invitations } };
}

/** The next full hour in UTC. */
export function hourEndAfter(now: number): number {
  return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
}
