import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Message, summaryOf } from './feed.ts';

/* The client of graphql-ws, as an integrator would use it. */

export const LOAN_EVENTS = `subscription ($loanId: ID!, $after: String) {
  loanEvents(loanId: $loanId, after: $after) {
    cursor
    event { eventId type loanId at actor requestId data { loan { remaining version } lender { email contributionAmount } } }
  }
}`;

/** Closed after the test. @param url of the server */
export function graphQlClient(
  url: string,
  { token }: { readonly token: string | undefined },
  options: Partial<ClientOptions> = {},
): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    ...options,
  });
  onTestFinished(() => void client.dispose());
  return client;
}

/** @param variables are read again whenever the client reconnects */
export function watch(client: Client, variables: Record<string, unknown>, query = LOAN_EVENTS) {
  const results: Message[] = [];
  const errors: Message[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const onFirst = Promise.withResolvers<void>();
  const stop = client.subscribe<Message>(
    { query, variables },
    {
      next(result) {
        results.push(result);
        onFirst.resolve();
      },
      error(failure: Message) {
        if (Array.isArray(failure)) errors.push(...failure);
        resolve(Array.isArray(failure) ? failure.map(({ extensions }) => extensions.code) : (failure.code ?? failure));
      },
      complete: () => resolve('complete'),
    },
  );
  const payloads = (): Message[] => results.map(({ data }) => data?.loanEvents);
  return {
    results,
    errors,
    /** Resolves with the first result, or with the end of a subscription that has none. Unlike a poll, nothing is left of it. */
    begun: Promise.race([onFirst.promise, ended]),
    /** Resolves with how it ended: `complete`, the errors' codes, or the code of a close. */
    ended,
    /** The results' one field; the first has the cursor alone. */
    payloads,
    /** The events received, summarized. */
    events: () => payloads().flatMap(({ event }) => (event ? [summaryOf(event)] : [])),
    stop,
  };
}
