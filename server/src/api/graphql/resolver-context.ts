import { bulkhead } from 'cockatiel';
import type * as z from 'zod';
import { DomainError, type FieldError } from '../../domain/errors.ts';
import { execute, type RequestPayload, type UseCaseRequest, type UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { Services } from '../../execution/services.ts';
import type { PublishedEvent, UseCase } from '../../execution/use-case.ts';
import { pathParameters, routes, takesBody } from '../http/routes.ts';
import { membersOf } from './naming.ts';

/** Use cases that one request runs at a time. */
const CONCURRENCY = 4;

/** The context of a query's or mutation's resolvers. */
export interface ResolverContext {
  /**
   * Runs a use case as a separate request.
   * @param shape of its response
   * @param args of the field
   * @throws DomainError
   */
  run<Shape extends z.ZodObject>(useCase: UseCase, shape: Shape, args: object): Promise<z.output<Shape>>;
}

/** An event with the cursor after it; the first payload has the cursor alone. */
export interface LoanEventPayload {
  readonly cursor: string;
  readonly event: PublishedEvent['event'] | null;
}

/** The context of a subscription's resolver. */
export interface SubscriptionResolverContext {
  /** Subscribes to a loan. @param args of the field @throws DomainError */
  watch(args: object): Promise<AsyncIterable<LoanEventPayload>>;
}

/** What all use cases of a GraphQL request share. */
export interface GraphQlRequest extends Omit<UseCaseRequest, 'read'> {
  readonly keys: IdempotencyKeyHeaders;
  /** Of the query string, which mutations reject as REST does. */
  readonly queryViolations: readonly FieldError[];
  /** Called with each use case's response. */
  readonly onResponse: (response: UseCaseResponse) => void;
}

export function createResolverContext(
  services: Services,
  { keys, queryViolations, onResponse, ...request }: GraphQlRequest,
): ResolverContext {
  const limiter = bulkhead(CONCURRENCY, Number.POSITIVE_INFINITY); // the limit on cost bounds the queue
  return {
    async run(useCase, shape, args) {
      const read = async () => ({ ...payloadOf(useCase, membersOf(args), keys), queryViolations });
      const response = await limiter.execute(() => execute(services, useCase, { ...request, read }));
      onResponse(response);
      return resultOf(response, shape);
    },
  };
}

/** A use case's response as an object. @throws DomainError */
function resultOf<Shape extends z.ZodObject>({ result }: UseCaseResponse, shape: Shape): z.output<Shape> {
  if (result instanceof DomainError) throw result;
  return shape.parse(result.body.value);
}

/** The same payload as from the use case's HTTP route, so that a repeat through another API has the same fingerprint. */
function payloadOf(useCase: UseCase, members: Readonly<Record<string, unknown>>, keys: IdempotencyKeyHeaders): RequestPayload {
  if (useCase.kind === 'query') return { query: '', mediaType: '', keys, parameters: members, body: () => ({ members: {} }) };
  const route = routes.find((candidate) => candidate.useCase === useCase);
  if (!route) throw new TypeError(`${useCase.endpoint} has no route`);
  const named = new Set(pathParameters(route.path));
  const pick = (isNamed: boolean) => Object.fromEntries(Object.entries(members).filter(([name]) => named.has(name) === isNamed));
  return {
    query: '',
    mediaType: takesBody(route) ? 'application/json' : '',
    keys,
    parameters: pick(true),
    body: () => ({ members: pick(false) }),
  };
}
