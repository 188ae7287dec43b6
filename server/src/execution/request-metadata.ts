import type { RequestId } from '../domain/ids.ts';

/** What identifies a request in logs, events and outgoing messages. */
export interface RequestMetadata {
  readonly requestId: RequestId;
  /** W3C trace context, well-formed. */
  readonly traceparent: string | null;
}
