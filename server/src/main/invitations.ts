import type * as z from 'zod';
import { invitationsAnswer } from '../usecases/shapes.ts';
import { type Api, callApi } from './api.ts';

type Invitations = z.output<typeof invitationsAnswer>;

/** As one answer, from however many pages. */
export async function allInvitations(api: Api): Promise<Invitations> {
  const invitations: Invitations['invitations'] = [];
  let query: string | undefined = '';
  while (query !== undefined) {
    const page: Invitations = invitationsAnswer.parse(await callApi(api, 'GET', `/invitations?limit=100${query}`));
    invitations.push(...page.invitations);
    query = page.next_cursor === null ? undefined : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  return { success: true, invitations, next_cursor: null };
}
