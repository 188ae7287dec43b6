/** Code and reason of WebSocket's close frame. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The closes that the server begins. docs/protocol.md and docs/graphql.md say how a client handles each. */
export const CLOSE_CODES = {
  stopping: { code: 1001, reason: 'the server is stopping; reconnect and resume after your last cursor' },
  notText: { code: 1003, reason: 'messages are text' },
  unexpectedError: { code: 1011, reason: 'something went wrong on our side' },
  expired: { code: 4401, reason: 'the token or session has ended; sign in again' },
  /** GraphQL's. Its reason reaches pages in browsers too. */
  otherSubprotocol: { code: 4406, reason: 'offer the subprotocol graphql-transport-ws; the older graphql-ws is not supported' },
  silent: { code: 4408, reason: 'no subscription in time' },
  idInUse: { code: 4409, reason: 'an operation with this id is running; complete it, or use another id' },
  tooMany: { code: 4429, reason: 'too many messages' },
  slow: { code: 4430, reason: 'too slow; reconnect and resume after your last cursor' },
} as const satisfies Readonly<Record<string, Closing>>;
