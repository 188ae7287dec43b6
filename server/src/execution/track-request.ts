import { DomainError } from '../domain/errors.ts';
import type { RequestId } from '../domain/ids.ts';
import type { AuthenticationState } from './authenticate.ts';
import type { RequestMetadata } from './request-metadata.ts';
import type { RequestEnded, Telemetry } from './telemetry.ts';
import { toDomainError } from './to-domain-error.ts';

/** Facts about a running request, for its log line, metrics and response headers, also where it fails. */
export interface RequestProgress extends AuthenticationState {
  replayedRequestId?: RequestId | undefined;
  lendersAdded?: number | undefined;
}

/** Runs a request, reports its end to telemetry, and returns its result, or its error as a `DomainError`. Never throws. */
export async function trackRequest<Result>(
  telemetry: Telemetry,
  endpoint: string,
  { requestId, traceparent }: RequestMetadata,
  progress: RequestProgress,
  run: () => Promise<Result>,
): Promise<Result | DomainError> {
  const startedAt = performance.now();
  const result = await run().catch(toDomainError);
  telemetry.requestEnded({
    requestId,
    traceparent,
    endpoint,
    durationMs: performance.now() - startedAt,
    error: result instanceof DomainError ? result : undefined,
    lendersAdded: progress.lendersAdded ?? 0,
    replayedRequestId: progress.replayedRequestId,
    userId: progress.identity?.userId,
  });
  return result;
}

/** The end of a request that failed before the app could run it. */
export function failedBeforeStart(
  endpoint: string,
  { requestId, traceparent }: RequestMetadata,
  error: DomainError,
  durationMs: number,
): RequestEnded {
  return {
    requestId,
    traceparent,
    endpoint,
    durationMs,
    error,
    lendersAdded: 0,
    replayedRequestId: undefined,
    userId: undefined,
  };
}
