import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { hasSessionEnded } from './session.tsx';
import { forgetLastUsers, ME_KEY } from './session-data.ts';

/** Pages show what was read last, and read it again in the background. The client of the API retries by itself. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (hasSessionEnded(error)) void client.invalidateQueries({ queryKey: ME_KEY });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: 15_000,
        gcTime: 30 * 60_000,
        networkMode: 'always', // `online` of browsers is only about their network
        refetchOnReconnect: true, // not the default with that mode
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  forgetLastUsers(client);
  return client;
}
