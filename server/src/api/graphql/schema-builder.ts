import SchemaBuilder from '@pothos/core';
import type { GraphQLField } from 'graphql';
import type { Subscription, UseCase } from '../../execution/use-case.ts';
import type { ResolverContext, SubscriptionResolverContext } from './resolver-context.ts';

/** What a field that runs a use case bears, for the limits and for the schema's own words. */
export interface UseCaseExtension {
  readonly useCase: UseCase | Subscription<unknown>;
  /** Whether it answers a page of rows, as many as its `limit`. */
  readonly isPage: boolean;
}

export type Builder = ReturnType<typeof makeBuilder>;

export function makeBuilder() {
  return new SchemaBuilder<{
    /** A field takes of it what its kind of operation has: none has both. */
    Context: ResolverContext & SubscriptionResolverContext;
    DefaultFieldNullability: false;
    Scalars: {
      DateTime: { Input: string; Output: string };
      ID: { Input: string; Output: string };
      Money: { Input: unknown; Output: number };
    };
  }>({ defaultFieldNullability: false });
}

/** What every field that runs a use case is made with: it may fail alone, and leaves the others their answers. */
export function useCaseField(useCase: UseCaseExtension['useCase']) {
  const called: UseCaseExtension = { useCase, isPage: 'limit' in useCase.input.shape };
  return { nullable: true, description: useCase.summary, extensions: { called } } as const;
}

/** Undefined where a field only hands on what its parent has. */
export function useCaseOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): UseCaseExtension | undefined {
  const { called }: { readonly called?: UseCaseExtension } = extensions;
  return called;
}
