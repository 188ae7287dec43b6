import type { CoreServices } from '../execution/services.ts';
import type { EventHandler } from '../outbox/dispatcher.ts';
import { endOptOutOf } from '../usecases/contacts/end-opt-out.ts';

/** Ends the opt-out of a user who accepts an invitation, signed in: they want to take part, so they get mail about the loan. */
export function acceptedOptOutHandler(services: CoreServices): EventHandler {
  return {
    name: 'opt-out',
    async handle({ events, at }) {
      for (const event of events)
        if (event.type === 'lender.accepted')
          await endOptOutOf(services, { userId: event.lender.userId, to: event.lender.email }, at);
    },
  };
}
