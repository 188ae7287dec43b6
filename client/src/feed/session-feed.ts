import type { CreateFeedTicketResponse, ReadEventsResponse } from '../api.generated.ts';
import { feedTicketRequest } from '../auth/feed-ticket-request.ts';
import type { ApiError } from '../errors.ts';
import { callHook } from '../hooks.ts';
import { toApiError } from '../http/parse-response.ts';
import { parseJsonObject, SESSION_HEADER, toUrl } from '../http/request.ts';
import { readText } from '../http/send-request.ts';
import type { FeedSession } from './feed-auth.ts';

/* Requests of the feed in a browser's session. */

const PAGE_SIZE = 100;

const eventsOf = (loanId: string) => ({ path: 'loans/{loanId}/events', ids: { loanId } });

/** Reads the loan's history. @returns the cursor at its end @throws LendingError */
export async function readEnd({ transport }: FeedSession, loanId: string, signal: AbortSignal): Promise<string> {
  let end: string | undefined;
  for (;;) {
    const request = {
      operation: 'readEvents',
      method: 'GET',
      ...eventsOf(loanId),
      query: { limit: PAGE_SIZE, after: end },
    } as const;
    const { data } = await transport.send<ReadEventsResponse>({ ...request, parse: parseJsonObject }, { signal });
    if (data.next_cursor === end) return end;
    end = data.next_cursor;
  }
}

/** @returns a ticket, to be sent as the token @throws LendingError */
export async function createTicket({ transport }: FeedSession, loanId: string, signal: AbortSignal): Promise<string> {
  const request = { ...feedTicketRequest(loanId), parse: parseJsonObject<CreateFeedTicketResponse> };
  return (await transport.send(request, { signal })).data.ticket;
}

/** @param cursor undefined for new events only @returns the response with the stream, or the error that the server responded with */
export async function requestStream(
  { settings }: FeedSession,
  loanId: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<ApiError | Response> {
  const { clock, fetch, newId, responseBytesMax, url } = settings;
  const requestId = newId();
  const headers = new Headers({ Accept: 'text/event-stream', 'X-Request-Id': requestId, [SESSION_HEADER]: '1' });
  if (cursor !== undefined) headers.set('Last-Event-ID', cursor);
  const init = { headers, signal, credentials: 'same-origin', cache: 'no-store', redirect: 'manual' } as const;
  const response = await fetch(toUrl({ ...eventsOf(loanId), query: cursor === undefined ? { from: 'now' } : {} }, url), init);
  const { status } = response;
  if (status === 200 && response.headers.get('Content-Type')?.startsWith('text/event-stream')) return response;
  const text = await readText(response, responseBytesMax);
  return toApiError({ status, headers: response.headers, text }, { requestId, attempts: 1, now: clock.now() });
}

/** Calls the hook. */
export function reportSignedOut({ settings: { hooks, url } }: FeedSession, loanId: string, error: ApiError): void {
  const path = toUrl(eventsOf(loanId), url).pathname;
  callHook(hooks.onSignedOut, { operation: 'watchLoan', method: 'GET', path, requestId: error.requestId, attempt: 1, error });
}
