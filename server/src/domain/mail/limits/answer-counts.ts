/** How often a borrower's invitations were answered. */
export interface AnswerCounts {
  readonly accepted: number;
  readonly declined: number;
  readonly optedOut: number;
  readonly bounced: number;
}
