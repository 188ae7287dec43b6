/* Connections that somebody else holds for us, such as API Gateway. */

export interface Sockets {
  /** @returns once the message has been taken @throws GoneError, or why it could not be sent just now */
  send(connectionId: string, text: string): Promise<void>;
  /** Closes a connection, if it is there still. */
  close(connectionId: string): Promise<void>;
}

/** There is no such connection any more. */
export class GoneError extends Error {
  constructor(cause?: unknown) {
    super('the connection is gone', { cause });
    this.name = 'GoneError';
  }
}
