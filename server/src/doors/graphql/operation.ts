import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
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
import type { Asking } from './asking.ts';
import { excessOf, TOKENS_MAX } from './limits.ts';

/** Of a request that is wrong all over, the first few faults are told. */
const FAULTS_TOLD_MAX = 10;

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly isKeyed: boolean;
}

export interface Schema {
  readonly schema: GraphQLSchema;
  /** Whether a client may ask what there is, and is helped to guess it. */
  readonly isTold: boolean;
}

/** Answers an operation. Where it is refused as a whole, the result has no data, and nothing was run. */
export async function answer({ schema, isTold }: Schema, asked: Asked, asking: Asking): Promise<ExecutionResult> {
  const { query, variables, operationName } = asked;
  const read = readDocument(query);
  if (read instanceof GraphQLError) return { errors: [read] };
  const told = { maxErrors: FAULTS_TOLD_MAX, hideSuggestions: !isTold };
  const faults = validate(schema, read, isTold ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule], told);
  if (faults.length > 0) return { errors: faults };
  const operation = chosenIn(read, operationName);
  if (operation instanceof GraphQLError) return { errors: [operation] };
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, told);
  if (errors) return { errors };
  const excess = excessOf({ schema, document: read, operation, variables: coerced, isKeyed: asked.isKeyed });
  if (excess !== undefined) return { errors: [new GraphQLError(excess)] };
  return execute({
    ...{ schema, document: read, variableValues: variables, contextValue: asking, hideSuggestions: !isTold },
    operationName: operationName ?? null,
  });
}

function readDocument(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: TOKENS_MAX });
  } catch (fault) {
    if (fault instanceof GraphQLError) return fault;
    throw fault;
  }
}

function chosenIn(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode | GraphQLError {
  const operation = getOperationAST(document, operationName);
  if (!operation) return new GraphQLError('The request has no such operation. Name one of its operations as operationName.');
  if (operation.operation === 'subscription') return new GraphQLError('Only queries and mutations are answered here.');
  return operation;
}
