import { type DomainError, invalid } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import type { PublishedEvent } from '../../execution/use-case.ts';
import { problemBody } from '../http/problem.ts';

/* The messages of docs/protocol.md. */

/** What a client sends, as far as its kind; what it says is looked into by whoever carries it out. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly loanId: unknown; readonly token: string | undefined; readonly after: unknown }
  | { readonly type: 'unsubscribe'; readonly loanId: unknown }
  | { readonly type: 'ping' };

export type ServerMessage =
  | { readonly type: 'subscribed'; readonly loan_id: string; readonly cursor: string }
  | ({ readonly type: 'event'; readonly loan_id: string } & PublishedEvent)
  | { readonly type: 'unsubscribed'; readonly loan_id: string }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly loan_id?: string; readonly problem: ReturnType<typeof problemBody> };

/** Of what a client has sent, so much is repeated to it. */
const ECHO_LENGTH_MAX = 128;

/** @throws DomainError where it is none of the messages */
export function parseMessage(text: string): ClientMessage {
  const sent = parseObject(text);
  const { type, token, after = null } = sent;
  const loanId = sent['loan_id'];
  switch (type) {
    case 'subscribe':
      return { type, loanId, token: typeof token === 'string' ? token : undefined, after: after ?? undefined };
    case 'unsubscribe':
      return { type, loanId };
    case 'ping':
      return { type };
    default:
      throw malformed('type', 'type must be "subscribe", "unsubscribe" or "ping".');
  }
}

export function errorMessage(error: DomainError, requestId: RequestId, loanId?: unknown): ServerMessage {
  return { type: 'error', ...(isEchoed(loanId) && { loan_id: loanId }), problem: problemBody(error, requestId) };
}

/** Whether an id is repeated to who has sent it. */
export function isEchoed(loanId: unknown): loanId is string {
  return typeof loanId === 'string' && loanId.length <= ECHO_LENGTH_MAX;
}

export function malformed(path: string, message: string): DomainError {
  return invalid([{ path, code: 'INVALID', message }]);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('', 'The message is not JSON. Check for a missing quote, comma or bracket.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw malformed('', 'The message must be a JSON object, such as {"type":"ping"}.');
}
