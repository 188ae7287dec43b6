import type { Context } from 'hono';
import type { RequestId } from '../../domain/ids.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';

/** The other end of a request's connection; without an address for calls within the process. */
export interface Peer {
  readonly address?: string;
  /** `1.0` or `1.1`. */
  readonly httpVersion?: string;
  /** Cuts the connection off, if the response is not sent yet. */
  readonly disconnect?: () => void;
}

/** Types of Hono's context: what every HTTP request carries. */
export interface Env {
  Bindings: Peer;
  Variables: {
    requestId: RequestId;
    /** W3C trace context, well-formed. */
    traceparent: string | null;
    clientAddress: ClientAddress;
    /** The origin under which browsers reach the server, read when it is needed. */
    ownOrigin: () => string;
  };
}

export function requestMetadata({ var: { requestId, traceparent } }: Context<Env>): RequestMetadata {
  return { requestId, traceparent };
}
