import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import {
  execute,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { limitViolation, TOKENS_MAX } from './limits.ts';
import type { ResolverContext } from './resolver-context.ts';

/** Of a request that is wrong all over, the first few faults are told. */
const FAULTS_TOLD_MAX = 10;

export interface ParsedOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly isKeyed: boolean;
}

export interface Schema {
  readonly schema: GraphQLSchema;
  /** Whether a client may ask what there is, and is helped to guess it. */
  readonly allowsIntrospection: boolean;
}

/** By which way an operation comes. */
type Transport = 'request' | 'socket';

const NOT_TAKEN: Readonly<Record<Transport, string>> = {
  request: 'Only queries and mutations are answered here.',
  socket: 'Only subscriptions are answered here. POST /graphql takes queries and mutations.',
};

/** An operation that may be run. */
export type Prepared = Pick<ExecutionArgs, 'document' | 'hideSuggestions' | 'operationName' | 'schema' | 'variableValues'>;

/** Answers a query or a mutation. Where it is refused as a whole, the result has no data, and nothing was run. */
export async function answer(schema: Schema, context: ParsedOperation, asking: ResolverContext): Promise<ExecutionResult> {
  const prepared = prepare(schema, context, 'request');
  return 'errors' in prepared ? prepared : execute({ ...prepared, contextValue: asking });
}

/** Looks at all that can be told of an operation before it is run. */
export function prepare(
  { schema, allowsIntrospection }: Schema,
  context: ParsedOperation,
  way: Transport,
): Prepared | { errors: readonly GraphQLError[] } {
  const { query, variables, operationName } = context;
  const read = readDocument(query);
  if (read instanceof GraphQLError) return { errors: [read] };
  const told = { maxErrors: FAULTS_TOLD_MAX, hideSuggestions: !allowsIntrospection };
  const faults = validate(
    schema,
    read,
    allowsIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule],
    told,
  );
  if (faults.length > 0) return { errors: faults };
  const operation = chosenIn(read, operationName, way);
  if (operation instanceof GraphQLError) return { errors: [operation] };
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, told);
  if (errors) return { errors };
  const excess = limitViolation({ schema, document: read, operation, variables: coerced, isKeyed: context.isKeyed });
  if (excess !== undefined) return { errors: [new GraphQLError(excess)] };
  return {
    schema,
    document: read,
    variableValues: variables,
    hideSuggestions: !allowsIntrospection,
    operationName: operationName ?? null,
  };
}

function readDocument(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: TOKENS_MAX });
  } catch (fault) {
    if (fault instanceof GraphQLError) return fault;
    throw fault;
  }
}

function chosenIn(
  document: DocumentNode,
  operationName: string | undefined,
  way: Transport,
): OperationDefinitionNode | GraphQLError {
  const operation = getOperationAST(document, operationName);
  if (!operation) return new GraphQLError('The request has no such operation. Name one of its operations as operationName.');
  const itsWay: Transport = operation.operation === 'subscription' ? 'socket' : 'request';
  if (itsWay !== way) return new GraphQLError(NOT_TAKEN[way]);
  return operation;
}
