import { type GraphQLField, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { toCamel, toSnake } from '../../api/graphql/naming.ts';
import { makeSchema } from '../../api/graphql/schema.ts';
import { useCaseOf } from '../../api/graphql/schema-builder.ts';
import type { UseCase } from '../../execution/use-case.ts';

/* A use case asked for in GraphQL, made of the schema itself: with all its arguments, for all that it answers. */

const schema = makeSchema();

export interface GraphQlBody {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The root field of a use case. */
export function rootFieldOf(useCase: UseCase): GraphQLField<unknown, unknown> {
  const root = useCase.kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const field = Object.values(root?.getFields() ?? {}).find((candidate) => useCaseOf(candidate)?.useCase === useCase);
  if (!field) throw new Error(`${useCase.endpoint} has no field at the root`);
  return field;
}

/** @param members as they stand in JSON: of the path, the query and the body together */
export function inGraphQl(useCase: UseCase, members: Readonly<Record<string, unknown>>): GraphQlBody {
  const { name, type, args } = rootFieldOf(useCase);
  const sent = args.filter((argument) => toSnake(argument.name) in members);
  const declared = sent.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = sent.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const operation = useCase.kind === 'query' ? 'query' : 'mutation';
  return {
    query: `${operation}${declared && `(${declared})`} { ${name}${passed && `(${passed})`} ${selectionOf(type)} }`,
    variables: Object.fromEntries(sent.map((argument) => [argument.name, renamed(members[toSnake(argument.name)], toCamel)])),
  };
}

/** All that a type tells by itself. */
function selectionOf(outputType: GraphQLOutputType): string {
  const type = getNamedType(outputType);
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).filter((field) => !useCaseOf(field));
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(field.type)}`).join(' ')} }`;
}

/** An answer's data with the names of JSON. */
export function inJson(data: unknown): unknown {
  return renamed(data, toSnake);
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), renamed(member, rename)]));
}
