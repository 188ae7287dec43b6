import type { Message } from '../../mail/message.ts';
import type { MailTransport } from '../../mail/transports/transport.ts';

/** Mail that stays where it is handed in, for tests of who gets which. */
export function memoryTransport() {
  const messages: Message[] = [];
  const state: { trouble: Error | undefined; onSend: () => Promise<void> | void } = { trouble: undefined, onSend: () => {} };
  const transport: MailTransport = {
    async send(message) {
      await state.onSend();
      if (state.trouble) throw state.trouble;
      messages.push(message);
    },
    async close() {},
  };
  return {
    transport,
    messages,
    state,
    /** What was sent to whom, in order: `ana@example.com: You are invited …`. */
    told: () => messages.map(({ to, subject }) => `${to}: ${subject}`),
  };
}
