import { watchLoan } from '../../usecases/events/watch-loan.ts';
import type { LoanEventPayload } from './resolver-context.ts';
import { type Builder, useCaseOptions } from './schema-builder.ts';
import type { Types } from './types.ts';

export function addSubscriptions(builder: Builder, { event }: Types): void {
  const payload = builder.objectRef<LoanEventPayload>('LoanEvent').implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'The position after this event: as `after`, to resume from here.' }),
      event: t.expose('event', {
        type: event,
        nullable: true,
        description: 'Null in the first result: the subscription is open, and events after its cursor follow.',
      }),
    }),
  });
  builder.subscriptionType({
    fields: (t) => ({
      loanEvents: t.field({
        ...useCaseOptions(watchLoan),
        type: payload,
        args: { loanId: t.arg.id({ required: true }), after: t.arg.string() },
        subscribe: (_, args, { watch }) => watch(args),
        resolve: (eventPayload) => eventPayload,
      }),
    }),
  });
}
