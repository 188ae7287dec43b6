import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/* The client of graphql-ws, as an integrator would use it. */

export const LOAN_EVENTS = `subscription ($loanId: ID!, $after: String) {
  loanEvents(loanId: $loanId, after: $after) {
    cursor
    event { eventId type loanId at actor requestId data { loan { remaining version } lender { email contributionAmount } } }
  }
}`;

/** What came of an operation; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is what it checks
type Told = any;

export interface Watched {
  /** The answers' one field; the first tells where it begins. */
  readonly told: Told[];
  /** The answers as they came. */
  readonly results: Told[];
  /** The events that have come, in short. */
  events(): string[];
  /** How it ended: `complete`, the errors' codes, or the code of a close. */
  readonly ended: Promise<unknown>;
  readonly errors: Told[];
  stop(): void;
}

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

/** @param variables are read again whenever the client connects anew */
export function watch(client: Client, variables: Record<string, unknown>, query = LOAN_EVENTS): Watched {
  const told: Told[] = [];
  const results: Told[] = [];
  const errors: Told[] = [];
  let stop = (): void => {};
  const ended = new Promise<unknown>((resolve) => {
    stop = client.subscribe<Told>(
      { query, variables },
      {
        next(result) {
          results.push(result);
          told.push(result.data?.loanEvents);
        },
        error(failure: Told) {
          if (Array.isArray(failure)) errors.push(...failure);
          resolve(Array.isArray(failure) ? failure.map(({ extensions }) => extensions.code) : (failure.code ?? failure));
        },
        complete: () => resolve('complete'),
      },
    );
  });
  const events = () => told.flatMap(({ event }) => (event ? [inShort(event)] : []));
  return { told, results, errors, ended, events, stop: () => stop() };
}

function inShort({ type, data }: Told): string {
  return data.lender ? `${type} ${data.lender.email.split('@')[0]}` : type;
}
