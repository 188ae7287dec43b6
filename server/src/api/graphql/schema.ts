import type { GraphQLSchema } from 'graphql';
import { describeSchema } from './descriptions.ts';
import { addMutations } from './mutations.ts';
import { addQueries } from './queries.ts';
import { addScalars } from './scalars.ts';
import { makeBuilder } from './schema-builder.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTypes } from './types.ts';

export function makeSchema(): GraphQLSchema {
  const builder = makeBuilder();
  addScalars(builder);
  const types = addTypes(builder);
  addQueries(builder, types);
  addMutations(builder, types);
  addSubscriptions(builder, types);
  const schema = builder.toSchema({ sortSchema: false });
  describeSchema(schema);
  return schema;
}
