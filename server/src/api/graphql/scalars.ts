import { GraphQLError, valueFromASTUntyped } from 'graphql';
import type { Builder } from './schema-builder.ts';

export function addScalars(builder: Builder): void {
  builder.scalarType('Money', {
    description:
      'An amount in major units of its currency. In: a number, judged by its shortest decimal form, or text such as "5000.00". Out: a number.',
    // The use case validates the amount, with the same errors as in the other APIs.
    parseValue: (value) => value,
    parseLiteral: (literal, variables) => valueFromASTUntyped(literal, variables),
    serialize: (amount) => amount,
  });
  builder.scalarType('DateTime', {
    description: 'RFC 3339, UTC.',
    parseValue() {
      throw new GraphQLError('A DateTime is only ever answered.');
    },
    serialize: (time) => time,
  });
}
