import type { Message } from '../message.ts';

export interface MailTransport {
  /** Resolves once the transport has accepted the mail. @throws MailTransportError */
  send(message: Message): Promise<void>;
  close(): Promise<void>;
}

/** The message is logged, so it never quotes a server's response, which may have an address. */
export class MailTransportError extends Error {
  /** `rejected`: this mail will never be accepted. `unavailable`: it may be accepted later. */
  readonly kind: 'rejected' | 'unavailable';

  constructor(kind: MailTransportError['kind'], message: string) {
    super(message);
    this.name = 'MailTransportError';
    this.kind = kind;
  }
}
