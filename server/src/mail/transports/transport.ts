import type { Message } from '../message.ts';

/** A way for mail to leave. */
export interface MailTransport {
  /** Done when the transport has taken it over. @throws PostError */
  send(message: Message): Promise<void>;
  close(): Promise<void>;
}

/** Its message goes to the log, so it never quotes what a server said: that may be somebody's address. */
export class MailTransportError extends Error {
  /** `rejected`: this mail will never be taken. `unavailable`: the same mail may be taken later. */
  readonly kind: 'rejected' | 'unavailable';

  constructor(kind: MailTransportError['kind'], message: string) {
    super(message);
    this.name = 'PostError';
    this.kind = kind;
  }
}
