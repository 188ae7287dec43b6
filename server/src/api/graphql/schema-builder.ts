import SchemaBuilder from '@pothos/core';
import type { GraphQLField } from 'graphql';
import type * as z from 'zod';
import type { Subscription, UseCase } from '../../execution/use-case.ts';
import type { ResolverContext, SubscriptionResolverContext } from './resolver-context.ts';

/** Marks a field that runs a use case. */
export interface UseCaseExtension {
  readonly useCase: UseCase | Subscription<unknown>;
  /** Whether it returns a page of rows, as many as its `limit`. */
  readonly isPage: boolean;
}

export type Builder = ReturnType<typeof makeBuilder>;

export function makeBuilder() {
  return new SchemaBuilder<{
    /** An operation has one of the two: a field uses that of its kind. */
    Context: ResolverContext & SubscriptionResolverContext;
    DefaultFieldNullability: false;
    Scalars: {
      DateTime: { Input: string; Output: string };
      ID: { Input: string; Output: string };
      Money: { Input: unknown; Output: number };
    };
  }>({ defaultFieldNullability: false });
}

/** The options of a field that runs a use case. It is nullable, so that it can fail without the other fields. */
export function useCaseField<Shape extends z.ZodObject>(useCase: UseCase, shape: Shape) {
  return {
    ...useCaseOptions(useCase),
    resolve: (_: unknown, args: object, { run }: ResolverContext) => run(useCase, shape, args),
  };
}

/** The same without a resolver. */
export function useCaseOptions(useCase: UseCaseExtension['useCase']) {
  const extension: UseCaseExtension = { useCase, isPage: 'limit' in useCase.input.shape };
  return { nullable: true, description: useCase.summary, extensions: { useCase: extension } } as const;
}

/** Undefined for a field that is a member of its parent. */
export function useCaseOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): UseCaseExtension | undefined {
  const { useCase }: { readonly useCase?: UseCaseExtension } = extensions;
  return useCase;
}
