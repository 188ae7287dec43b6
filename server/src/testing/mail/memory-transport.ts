import type { Message } from '../../mail/message.ts';
import { type MailTransport, MailTransportError } from '../../mail/transports/transport.ts';

/** A transport that keeps messages in memory. */
export function memoryTransport() {
  const messages: Message[] = [];
  const state: { error: Error | undefined; reportsBounces: boolean } = { error: undefined, reportsBounces: false };
  const unknown = new Set<string>();
  const transport: MailTransport = {
    async send(message) {
      if (state.error) throw state.error;
      if (unknown.has(message.to)) throw new MailTransportError('rejected', 'no such mailbox');
      messages.push(message);
    },
    async close() {},
    get reportsBounces() {
      return state.reportsBounces;
    },
  };
  return {
    transport,
    messages,
    /** `error`: what sending throws. `reportsBounces`: as of the transport. */
    state,
    /** Addresses whose mail is refused for good. */
    unknown,
    /** In the order sent: `ana@example.com: You are invited …`. */
    subjects: () => messages.map(({ to, subject }) => `${to}: ${subject}`),
  };
}
