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
  /** Undefined where the caller has to get the response as an object. */
  readonly send?: SendText;
}

/** Sends a whole response at once, which costs far less than a `Response` with its headers and stream. @returns a mark for it */
type SendText = (status: number, headers: Readonly<Record<string, string>>, text: string) => Response;

/** Types of Hono's context: what every HTTP request carries. */
export interface Env {
  Bindings: Peer;
  Variables: {
    requestId: RequestId;
    /** W3C trace context, well-formed. */
    traceparent: string | null;
    clientAddress: ClientAddress;
    /** Added to the response, except for those that it has already; undefined once it is sent. */
    headers: Readonly<Record<string, string>> | undefined;
    /** That of the peer, where no middleware adds to the response. */
    send: SendText | undefined;
    /** The origin under which browsers reach the server, read when it is needed. */
    ownOrigin: () => string;
  };
}

export function requestMetadata({ var: { requestId, traceparent } }: Context<Env>): RequestMetadata {
  return { requestId, traceparent };
}
