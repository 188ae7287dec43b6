import type { NetworkId, RequestId } from '../domain/ids.ts';

/** What identifies a request in logs, events and outgoing messages. */
export interface RequestMetadata {
  readonly requestId: RequestId;
  /** W3C trace context, well-formed. */
  readonly traceparent: string | null;
}

/** What is stored of the request that causes a change. */
export interface RequestOrigin extends RequestMetadata {
  /** Undefined where it came from within the operator's own network. Only limits of mail use it; no user sees it. */
  readonly network?: NetworkId;
}
