export type * from './api.generated.ts';
export type { HeaderValues } from './arguments.ts';
export { AuthClient } from './auth/auth-client.ts';
export type { SignedInUser, SignInMethod, SignInResponse } from './auth/auth-types.ts';
export { type MailInvitationResponse, MailLinkClient, type MailLinkResponse } from './auth/mail-link-client.ts';
export { LendingClient } from './client.ts';
export type { Clock } from './clock.ts';
export {
  ApiError,
  type CallErrorCode,
  CircuitOpenError,
  ConflictError,
  ConnectionError,
  DeadlineError,
  type ErrorCode,
  ForbiddenError,
  IdempotencyKeyReusedError,
  LendingError,
  NotFoundError,
  RateLimitError,
  ServiceUnavailableError,
  UnauthorizedError,
  ValidationError,
} from './errors.ts';
export type { FeedAuth, FeedSession } from './feed/feed-auth.ts';
export { type WatchedEvent, type WatchOptions, type WatchState, watchLoan } from './feed/watch-loan.ts';
export { type FollowOptions, followImport } from './follow-import.ts';
export type { AttemptInfo, Hooks } from './hooks.ts';
export type { ApiPromise } from './http/api-promise.ts';
export type { ApiResponse } from './http/parse-response.ts';
export type { Content } from './http/request.ts';
export type {
  AcceptOptions,
  AuthClientOptions,
  CallOptions,
  ChangeOptions,
  ClientOptions,
  SessionClientOptions,
  TokenSource,
  TransportOptions,
} from './options.ts';
export type { Pages, ToArrayOptions } from './pages.ts';
