import type { Invitation, LendingClient, ListInvitationsResponse } from '@private-lending/client';

const PAGE_SIZE = 100;

/** As one answer, from however many pages. */
export async function allInvitations(client: LendingClient): Promise<ListInvitationsResponse> {
  const invitations: Invitation[] = [];
  for await (const invitation of client.listInvitations({ limit: PAGE_SIZE })) invitations.push(invitation);
  return { success: true, invitations, next_cursor: null };
}
