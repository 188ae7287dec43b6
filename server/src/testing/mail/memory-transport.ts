import type { Message } from '../../mail/message.ts';
import type { MailTransport } from '../../mail/transports/transport.ts';

/** A transport that keeps messages in memory. */
export function memoryTransport() {
  const messages: Message[] = [];
  const state: { error: Error | undefined } = { error: undefined };
  const transport: MailTransport = {
    async send(message) {
      if (state.error) throw state.error;
      messages.push(message);
    },
    async close() {},
  };
  return {
    transport,
    messages,
    /** `error`: what sending throws. */
    state,
    /** In the order sent: `ana@example.com: You are invited …`. */
    subjects: () => messages.map(({ to, subject }) => `${to}: ${subject}`),
  };
}
