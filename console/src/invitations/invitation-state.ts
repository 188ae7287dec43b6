import type { Event, Invitation } from '@private-lending/client';

/** What an invitation means to the invited person, and so what its page says and offers. */
export type InvitationState =
  /** To be answered. */
  | 'pending'
  /** Accepted; may be withdrawn. */
  | 'accepted'
  /** Accepted, and the loan is complete. */
  | 'funded'
  /** Declined by the signed-in user: final. */
  | 'declined'
  /** Declined by somebody who had the mail: the user may still accept. */
  | 'declined-by-link'
  /** The same, after the invitation or the loan ended. */
  | 'declined-by-link-ended'
  | 'expired'
  /** Withdrawn by the borrower. */
  | 'revoked'
  /** The loan was complete before the user answered. */
  | 'complete'
  /** The borrower cancelled the loan. */
  | 'cancelled';

/**
 * @param events of the loan, as the user may see them, oldest first; undefined while they are loading
 * @param now epoch milliseconds
 */
export function invitationState(invitation: Invitation, events: readonly Event[] | undefined, now: number): InvitationState {
  const { status, loan } = invitation;
  switch (status) {
    case 'pending':
    case 'expired':
      return status;
    case 'accepted':
      return loan.status === 'funded' ? 'funded' : 'accepted';
    case 'revoked':
      return loan.status === 'cancelled' ? 'cancelled' : loan.status === 'funded' ? 'complete' : 'revoked';
    case 'declined': {
      if (!wasDeclinedByLink(invitation, events)) return 'declined';
      const canAccept = loan.status === 'open' && Date.parse(invitation.expires_at) > now;
      return canAccept ? 'declined-by-link' : 'declined-by-link-ended';
    }
  }
}

/** Whether nobody has confirmed a decline by link: the request id of an event is shown to the user who caused it. */
function wasDeclinedByLink({ lender_id: lenderId }: Invitation, events: readonly Event[] | undefined): boolean {
  const last = events?.findLast(({ type, data }) => type === 'lender.declined' && data.lender?.lender_id === lenderId);
  return last !== undefined && isByLink(last);
}

/** Whether an event of the user's own invitation was caused without signing in. */
export function isByLink({ type, request_id: requestId }: Event): boolean {
  return type === 'lender.declined' && requestId === undefined;
}
