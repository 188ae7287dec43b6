import { type Email, parseEmail } from '../../domain/email.ts';
import type { FieldError } from '../../domain/errors.ts';
import type { Caller } from '../../domain/identity.ts';
import type { LenderId } from '../../domain/ids.ts';
import type { InvitationPeriod, InvitationRequest } from '../../domain/invitation.ts';
import type { Lender } from '../../domain/lender.ts';
import type { CounterChange, UseCaseContext } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { LENDERS_MAX, type LenderInput } from '../../schemas/input-fields.ts';
import { invitationCounterKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { countUsage } from '../usage-limit.ts';

/* Shared by creating a loan with lenders and adding lenders to a loan. */

/** Finds repeated addresses and the borrower's own in the raw request, to be reported along with malformed fields. */
export function validateLenders({ lenders }: Readonly<Record<string, unknown>>, caller: Caller): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  // Too many are reported alone.
  for (const [index, lender] of (Array.isArray(lenders) && lenders.length <= LENDERS_MAX ? lenders : []).entries()) {
    const email = emailOf(lender);
    if (email === undefined) continue;
    const path = `lenders[${index}].email`;
    if (seen.has(email))
      errors.push({ path, code: 'DUPLICATE_IN_REQUEST', message: `${email} appears more than once in this request` });
    if (email === caller.email)
      errors.push({ path, code: 'SELF_INVITATION', message: 'You cannot invite yourself to your own loan' });
    seen.add(email);
  }
  return errors;
}

function emailOf(lender: unknown): string | undefined {
  const isObject = typeof lender === 'object' && lender !== null && 'email' in lender;
  return isObject && typeof lender.email === 'string' ? parseEmail(lender.email) : undefined;
}

export function toInvitationRequests(lenders: readonly LenderInput[], lenderIdOf: (email: Email) => LenderId): InvitationRequest[] {
  return lenders.map(({ email, name, contribution_amount }, index) => ({
    path: `lenders[${index}]`,
    lenderId: lenderIdOf(email),
    email,
    name,
    amount: contribution_amount,
  }));
}

/** The lenders in a view by id, in any status. */
export function existingLenders(view: View, keys: readonly Key<Lender>[]): Map<LenderId, Lender> {
  const lenders = keys.flatMap((key) => view.at(key)?.data ?? []);
  return new Map(lenders.map((lender) => [lender.lenderId, lender]));
}

/** The period of an invitation that is sent now. */
export function invitationPeriod({ now, rules }: UseCaseContext<unknown>): InvitationPeriod {
  return { invitedAt: now, expiresAt: now + rules.invitationMs };
}

/** @throws DomainError `TOO_MANY_REQUESTS` where the borrower's hourly limit does not allow all of them */
export function countInvitations(view: View, count: number, { caller, now, rules }: UseCaseContext<unknown>): CounterChange {
  const key = invitationCounterKey(caller.userId);
  return countUsage(view, { key, period: 'hour', unit: 'invitations', count, max: rules.invitesPerHour }, now);
}
