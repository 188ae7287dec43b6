import type { GraphQLArgument, GraphQLField, GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import type * as z from 'zod';
import { eventShape, invitationShape, lenderShape, loanShape } from '../../schemas/responses.ts';
import { addMutations } from './mutations.ts';
import { toCamel, toSnake } from './naming.ts';
import { addQueries } from './queries.ts';
import { addScalars } from './scalars.ts';
import { makeBuilder, useCaseOf } from './schema-builder.ts';
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
  describeFields(schema);
  return schema;
}

const SHAPES: Readonly<Record<string, z.ZodObject>> = {
  Event: eventShape,
  EventData: eventShape.shape.data,
  EventImport: eventShape.shape.data.shape.import.unwrap(),
  EventLoan: eventShape.shape.data.shape.loan,
  EventTerms: eventShape.shape.data.shape.terms.unwrap(),
  Invitation: invitationShape,
  InvitationBorrower: invitationShape.shape.borrower,
  InvitationLoan: invitationShape.shape.loan,
  Lender: lenderShape,
  Loan: loanShape,
};

/** Takes the descriptions from the input and response schemas that all APIs share. */
function describeFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      describe(field, SHAPES[type.name]);
      for (const argument of field.args) describe(argument, useCaseOf(field)?.useCase.input);
    }
  }
}

function describe(named: GraphQLArgument | GraphQLField<unknown, unknown>, shape: z.ZodObject | undefined): void {
  named.description = toCamel(named.description ?? shape?.shape[toSnake(named.name)]?.description ?? '');
}
