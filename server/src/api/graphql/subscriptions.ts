import { watchLoan } from '../../usecases/events/watch-loan.ts';
import type { LoanEventPayload } from './resolver-context.ts';
import { type Builder, useCaseField } from './schema-builder.ts';
import type { Types } from './types.ts';

export function addSubscriptions(builder: Builder, { event }: Types): void {
  const told = builder.objectRef<LoanEventPayload>('LoanEvent').implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'The place behind this event: as `after` it goes on from here.' }),
      event: t.expose('event', {
        type: event,
        nullable: true,
        description: 'Null in the first answer, which tells that the subscription is open, and from where.',
      }),
    }),
  });
  builder.subscriptionType({
    fields: (t) => ({
      loanEvents: t.field({
        ...useCaseField(watchLoan),
        type: told,
        args: { loanId: t.arg.id({ required: true }), after: t.arg.string() },
        subscribe: (_, args, { watch }) => watch(args),
        resolve: (answer) => answer,
      }),
    }),
  });
}
