import type { Message } from '../message.ts';

export interface MailTransport {
  /**
   * Resolves once the transport has accepted the mail.
   * @param signal aborts the attempt
   * @throws MailTransportError
   */
  send(message: Message, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Bounces are reported later. That a mail is rejected at once then says nothing of its recipient. */
  readonly reportsBounces?: boolean;
}

/** The message is logged, so it never quotes a server's response, which may have an address. */
export class MailTransportError extends Error {
  /**
   * `rejected`: this mail will never be accepted. `address-unsupported`: nor any other to this address, which needs SMTPUTF8.
   * `unavailable`: it may be accepted later.
   */
  readonly kind: 'address-unsupported' | 'rejected' | 'unavailable';
  /** Whether the server may have got the content of the mail, and so may have accepted it although the attempt failed. */
  readonly isHandedOver: boolean;

  constructor(kind: MailTransportError['kind'], message: string, { isHandedOver = false } = {}) {
    super(message);
    this.name = 'MailTransportError';
    this.kind = kind;
    this.isHandedOver = isHandedOver;
  }
}
