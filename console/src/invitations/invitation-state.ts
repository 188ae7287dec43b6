import type { Event, Invitation } from '@private-lending/client';
import { isWithdrawal } from '../loans/history/withdrawal.ts';

/** What an invitation means to the invited person, and so what its page says and offers. */
export type InvitationState =
  /** To be answered. */
  | 'pending'
  /** Accepted; may be withdrawn. */
  | 'accepted'
  /** Accepted, and the loan is complete, or was closed at less. */
  | 'funded'
  /** Declined by the signed-in user: final. */
  | 'declined'
  /** Declined after it was accepted: final. */
  | 'withdrawn'
  /** Declined by somebody who had the mail: the user may still accept. */
  | 'declined-by-link'
  /** The same, after the invitation or the loan ended. */
  | 'declined-by-link-ended'
  | 'expired'
  /** Withdrawn by the borrower. */
  | 'revoked'
  /** The loan was complete, or was closed at less, before the user answered. */
  | 'complete'
  /** The borrower cancelled the loan. */
  | 'cancelled'
  /** The same, after the user had accepted. */
  | 'accepted-cancelled';

/**
 * @param events of the loan, as the user may see them, oldest first; undefined while they are loading
 * @param now epoch milliseconds
 * @returns undefined where it takes the events: a decline may be final, or not, and what ended with the loan may have been accepted
 */
export function invitationState(
  invitation: Invitation,
  events: readonly Event[] | undefined,
  now: number,
): InvitationState | undefined {
  const { status, loan } = invitation;
  switch (status) {
    case 'pending':
    case 'expired':
      return status;
    case 'accepted':
      return loan.status === 'funded' ? 'funded' : 'accepted';
    case 'revoked':
      if (loan.status !== 'cancelled') return loan.status === 'funded' ? 'complete' : 'revoked';
      if (!events) return undefined;
      return lastOwn(invitation, events)?.type === 'lender.accepted' ? 'accepted-cancelled' : 'cancelled';
    case 'declined': {
      if (!events) return undefined;
      const last = lastDecline(invitation, events);
      if (!last || !isByLink(last)) return last && isWithdrawal(last, events) ? 'withdrawn' : 'declined';
      const canAccept = loan.status === 'open' && Date.parse(invitation.expires_at) > now;
      return canAccept ? 'declined-by-link' : 'declined-by-link-ended';
    }
  }
}

function lastOwn({ lender_id: lenderId }: Invitation, events: readonly Event[]): Event | undefined {
  return events.findLast(({ data }) => data.lender?.lender_id === lenderId);
}

function lastDecline({ lender_id: lenderId }: Invitation, events: readonly Event[]): Event | undefined {
  return events.findLast(({ type, data }) => type === 'lender.declined' && data.lender?.lender_id === lenderId);
}

/** Whether the user's invitation was declined without signing in: the request id of an event is shown to the user who caused it. */
export function isByLink({ type, request_id: requestId }: Event): boolean {
  return type === 'lender.declined' && requestId === undefined;
}
