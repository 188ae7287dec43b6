/** Why a connection is closed: code and reason of WebSocket's close frame. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** Why the server closes one, through whichever door. docs/protocol.md and docs/graphql.md tell what to do about each. */
export const CLOSE_CODES = {
  stopping: { code: 1001, reason: 'the server is stopping; connect again and go on after your last cursor' },
  notText: { code: 1003, reason: 'messages are text' },
  fault: { code: 1011, reason: 'something went wrong on our side' },
  expired: { code: 4401, reason: 'the token has expired; sign in anew' },
  silent: { code: 4408, reason: 'no subscription in time' },
  tooMany: { code: 4429, reason: 'too many messages' },
  slow: { code: 4430, reason: 'too slow; connect again and go on after your last cursor' },
} as const satisfies Readonly<Record<string, Closing>>;
