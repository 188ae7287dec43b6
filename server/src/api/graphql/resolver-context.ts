import { bulkhead } from 'cockatiel';
import type * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { execute, type RequestPayload, type UseCaseRequest, type UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { Services } from '../../execution/services.ts';
import type { PublishedEvent, UseCase } from '../../execution/use-case.ts';
import { pathParameters, routes, takesBody } from '../http/routes.ts';
import { membersOf } from './naming.ts';

/** Use cases that one request has under way at a time; the others wait for their turn. */
const CALLS_AT_ONCE = 4;

/** What the fields of a query or a mutation ask with. */
export interface ResolverContext {
  /**
   * Runs a use case on the one road, as a request of its own.
   * @param shape of its answer
   * @param sent the arguments, as they were given
   * @throws DomainError
   */
  run<Shape extends z.ZodObject>(useCase: UseCase, shape: Shape, sent: object): Promise<z.output<Shape>>;
}

/** An event, or at first the place alone behind which events come. */
export interface LoanEventPayload {
  readonly cursor: string;
  readonly event: PublishedEvent['event'] | null;
}

/** What the field of a subscription asks with. */
export interface SubscriptionResolverContext {
  /**
   * Watches a loan, on the road of subscriptions.
   * @param sent the arguments, as they were given
   * @throws DomainError
   */
  watch(sent: object): Promise<AsyncIterable<LoanEventPayload>>;
}

/** A GraphQL request: what all of its calls have in common. */
export interface Arrived extends Omit<UseCaseRequest, 'read'> {
  readonly keys: IdempotencyKeyHeaders;
  /** Told of each call's end. */
  readonly onReply: (reply: UseCaseResponse) => void;
}

export function createResolverContext(services: Services, { keys, onReply, ...call }: Arrived): ResolverContext {
  const mutex = bulkhead(CALLS_AT_ONCE, Number.POSITIVE_INFINITY); // the cost of a request bounds how many wait
  return {
    async run(useCase, shape, sent) {
      const read = async () => sentTo(useCase, membersOf(sent), keys);
      const reply = await mutex.execute(() => execute(services, useCase, { ...call, read }));
      onReply(reply);
      if (reply.result instanceof DomainError) throw reply.result;
      return shape.parse(reply.result.body.value);
    },
  };
}

/** Just what the use case's route would be sent: so a repeat is one, through whichever door it comes. */
function sentTo(useCase: UseCase, members: Readonly<Record<string, unknown>>, keys: IdempotencyKeyHeaders): RequestPayload {
  if (useCase.kind === 'query') return { query: '', mediaType: '', keys, parameters: members, body: () => ({ members: {} }) };
  const route = routes.find((candidate) => candidate.useCase === useCase);
  if (!route) throw new TypeError(`${useCase.endpoint} has no route`);
  const named = new Set(pathParameters(route.path));
  const among = (isNamed: boolean) => Object.fromEntries(Object.entries(members).filter(([name]) => named.has(name) === isNamed));
  return {
    query: '',
    mediaType: takesBody(route) ? 'application/json' : '',
    keys,
    parameters: among(true),
    body: () => ({ members: among(false) }),
  };
}
