/** Connections that a gateway holds for us, such as API Gateway. */
export interface RemoteSockets {
  /** Resolves once the gateway has taken the message. @throws GoneError, or why it can't be sent now */
  send(connectionId: string, text: string): Promise<void>;
  /** Closes a connection, if it is still open. */
  close(connectionId: string): Promise<void>;
}

/** The connection is not open any more. */
export class GoneError extends Error {
  constructor(cause?: unknown) {
    super('the connection is gone', { cause });
    this.name = 'GoneError';
  }
}
