import type { RequestId } from '../../domain/ids.ts';

/** Who is at the other end of a request; nobody where the program calls itself. */
export interface Peer {
  readonly address?: string;
}

/** What every request in HTTP carries along on its way. */
export interface Env {
  Bindings: Peer;
  Variables: {
    requestId: RequestId;
    /** W3C trace context, well-formed. */
    traceparent: string | null;
    clientAddress: string;
  };
}
