import { DomainError, invalid } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { type Credential, tokenCredential } from '../../execution/authenticate.ts';
import type { PublishedEvent } from '../../execution/use-case.ts';
import { problemBody } from '../http/problem.ts';

/* The messages of docs/protocol.md. */

export type ClientMessage =
  /** `parameters` are those of the use case, not validated. */
  | {
      readonly type: 'subscribe';
      readonly credential: Credential | undefined;
      readonly parameters: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'unsubscribe'; readonly loanId: string }
  | { readonly type: 'ping' };

export type ServerMessage =
  | { readonly type: 'subscribed'; readonly loan_id: string; readonly cursor: string }
  | ({ readonly type: 'event'; readonly loan_id: string } & PublishedEvent)
  | { readonly type: 'unsubscribed'; readonly loan_id: string }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly loan_id?: string; readonly problem: ReturnType<typeof problemBody> };

/** A longer loan id is not repeated to the client that sent it. */
const ECHO_LENGTH_MAX = 128;
/** Five parts, as encryption has (RFC 7516); a signed token has three. */
const TICKET = /^(?:[\w-]*\.){4}[\w-]*$/;

/** @returns an error where the text is none of the messages */
export function parseMessage(text: string): ClientMessage | DomainError {
  const sent = parseObject(text);
  if (sent instanceof DomainError) return sent;
  const { type, token, after, loan_id: loanId } = sent;
  switch (type) {
    case 'subscribe':
      return {
        type,
        credential: feedCredential(token, loanId),
        parameters: { loan_id: loanId, after },
      };
    case 'unsubscribe':
      return isEchoed(loanId) ? { type, loanId } : malformedMessage('loan_id', 'loan_id must be the id of a loan.');
    case 'ping':
      return { type };
    default:
      return malformedMessage('type', 'type must be "subscribe", "unsubscribe" or "ping".');
  }
}

/** A ticket is sent as `token`. @param loanId as the client sent it */
function feedCredential(token: unknown, loanId: unknown): Credential | undefined {
  if (typeof token !== 'string') return undefined;
  const isTicket = TICKET.test(token) && typeof loanId === 'string';
  return isTicket ? { kind: 'ticket', ticket: token, loanId } : tokenCredential(token);
}

/** @param loanId as the client sent it */
export function errorMessage(error: DomainError, requestId: RequestId, loanId?: unknown): ServerMessage {
  return { type: 'error', ...(isEchoed(loanId) && { loan_id: loanId }), problem: problemBody(error, requestId) };
}

export function malformedMessage(path: string, message: string): DomainError {
  return invalid([{ path, code: 'INVALID', message }]);
}

function isEchoed(loanId: unknown): loanId is string {
  return typeof loanId === 'string' && loanId.length <= ECHO_LENGTH_MAX;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | DomainError {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformedMessage('', 'The message is not JSON. Check for a missing quote, comma or bracket.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  return malformedMessage('', 'The message must be a JSON object, such as {"type":"ping"}.');
}
