import type { MailInvitationResponse } from '@private-lending/client';
import { useQuery } from '@tanstack/react-query';
import { mailLinks } from './mail-link-calls.ts';

/** What became of the invitation of a mail's link, as far as that is known without signing in. */
export type LinkState = MailInvitationResponse['state'];

/**
 * @param token of the link; undefined where there is none
 * @returns `state` undefined where it can't be read, as for the token of another server: the page works without it
 */
export function useLinkState(token: string | undefined) {
  const { data, isLoading, refetch } = useQuery({
    queryKey: ['mail-link', token],
    queryFn: async ({ signal }) => (await mailLinks.readInvitation(token ?? '', { signal })).state,
    enabled: token !== undefined,
    retry: false,
  });
  return { state: data, isLoading, refetch };
}
