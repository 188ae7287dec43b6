/** The request for a ticket, which replaces the token in the feed's `subscribe`. */
export function feedTicketRequest(loanId: string) {
  return { operation: 'createFeedTicket', method: 'POST', path: 'auth/feed-tickets', body: { loan_id: loanId } } as const;
}
