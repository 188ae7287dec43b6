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
import { LINES_MAX, limitViolation, type MeasuredOperation, TOKENS_MAX } from './limits.ts';
import type { ResolverContext } from './resolver-context.ts';

/** Validation stops after this many errors. */
const ERRORS_MAX = 10;

/** An operation as a client sends it. */
export interface GraphQlOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  /** Whether an idempotency key came with it. */
  readonly isKeyed: boolean;
}

export interface GraphQlSchema {
  readonly schema: GraphQLSchema;
  /** Whether clients may query the schema, and validation errors suggest names from it. */
  readonly allowsIntrospection: boolean;
}

type Transport = 'http' | 'websocket';

const WRONG_TRANSPORT: Readonly<Record<Transport, string>> = {
  http: 'Only queries and mutations are answered here.',
  websocket: 'Only subscriptions are answered here. POST /graphql takes queries and mutations.',
};

/** The arguments to run a validated operation with. */
export type PreparedOperation = Pick<ExecutionArgs, 'document' | 'hideSuggestions' | 'operationName' | 'schema' | 'variableValues'>;

/** Why an operation is rejected as a whole: at least one error. */
export interface DocumentErrors {
  readonly errors: readonly GraphQLError[];
}

/** Runs a validated query or mutation. */
export function runOperation(
  prepared: PreparedOperation,
  contextValue: ResolverContext,
): ExecutionResult | Promise<ExecutionResult> {
  return execute({ ...prepared, contextValue });
}

/** Parses an operation and checks its limits. @returns errors where it is rejected as a whole */
export function measureOperation(
  { schema }: GraphQlSchema,
  { query, variables, operationName, isKeyed }: GraphQlOperation,
  transport: Transport,
): MeasuredOperation | DocumentErrors {
  const document = parseDocument(query);
  if (document instanceof GraphQLError) return { errors: [document] };
  const operation = findOperation(document, operationName, transport);
  if (operation instanceof GraphQLError) return { errors: [operation] };
  const measured = { schema, document, operation, variables, isKeyed };
  const excess = limitViolation(measured);
  return excess === undefined ? measured : { errors: [new GraphQLError(excess)] };
}

/** Validates all of an operation that can be validated before it is run. */
export function validateOperation(
  { schema, allowsIntrospection }: GraphQlSchema,
  { document, operation, variables }: MeasuredOperation,
): PreparedOperation | DocumentErrors {
  const hideSuggestions = !allowsIntrospection;
  const options = { maxErrors: ERRORS_MAX, hideSuggestions };
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const violations = validate(schema, document, rules, options);
  if (violations.length > 0) return { errors: violations };
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, options);
  if (errors) return { errors };
  return { schema, document, variableValues: variables, hideSuggestions, operationName: operation.name?.value ?? null };
}

function parseDocument(query: string): DocumentNode | GraphQLError {
  const lines = query.split('\n').length + query.split('\r').length - 1;
  if (lines > LINES_MAX) return new GraphQLError(`The document has ${lines} lines; ${LINES_MAX} are the most.`);
  try {
    return parse(query, { maxTokens: TOKENS_MAX });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function findOperation(
  document: DocumentNode,
  operationName: string | undefined,
  transport: Transport,
): OperationDefinitionNode | GraphQLError {
  const operation = getOperationAST(document, operationName);
  if (!operation) return new GraphQLError('The request has no such operation. Name one of its operations as operationName.');
  const itsTransport: Transport = operation.operation === 'subscription' ? 'websocket' : 'http';
  return itsTransport === transport ? operation : new GraphQLError(WRONG_TRANSPORT[transport]);
}
