import type { DefinitionNode, DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType, Kind, visit } from 'graphql';
import type { UseCase } from '../../execution/use-case.ts';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../../schemas/input-fields.ts';
import { useCaseOf } from './schema-builder.ts';

/*
 * The limits of one request. Tokens are counted by the parser, the rest before graphql validates the document: the time of its
 * validation is quadratic in the fields with one name, and in the fragments.
 */

export const TOKENS_MAX = 2000;
/** graphql finds the line of each error by counting from the start of the document. */
export const LINES_MAX = 2000;
const ROOT_FIELDS_MAX = 5;
const DEPTH_MAX = 8;
/** Of fields that are not the API's own: those of introspection, and unknown ones. */
const OTHER_DEPTH_MAX = 20;
const ALIASES_MAX = 30;
/** Each row of the response repeats the alias. */
const ALIAS_LENGTH_MAX = 100;
const DIRECTIVES_MAX = 30;
const OPERATIONS_MAX = 10;
const FRAGMENTS_MAX = 50;
/** Fields and fragment spreads, those of a fragment counted wherever it is spread. */
const SELECTIONS_MAX = 2000;
/** Fields with one response name, which are merged. */
const REPEATED_MAX = 10;
const COST_MAX = 1000;
/** The cost of a use case, and of each row that it may return, to which the cost of the fields below the row is added. */
const USE_CASE_COST = 10;
const ROW_COST = 1;

export interface MeasuredOperation {
  readonly schema: GraphQLSchema;
  /** Not validated. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As sent. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether an idempotency key came with it. */
  readonly isKeyed: boolean;
}

/** @returns a message about the limit that is exceeded; undefined where none is */
export function limitViolation(measured: MeasuredOperation): string | undefined {
  const { document, operation, isKeyed } = measured;
  try {
    requireCounts(document);
    const { names, cost } = new Measurement(measured).measure();
    const mutations = isKeyed && operation.operation === 'mutation' ? useCasesAtRoot(measured).length : 0;
    if (mutations > 1) return `A request with an idempotency key takes one mutation field; this one has ${mutations}.`;
    requireAtMost(names.size, ROOT_FIELDS_MAX, 'fields at the root');
    if (cost <= COST_MAX) return undefined;
    return `The request costs ${cost}; ${COST_MAX} is the most. Ask for smaller pages, or for less below each row.`;
  } catch (error) {
    if (error instanceof LimitExceeded) return error.message;
    throw error;
  }
}

/** The use cases of the fields at the root, of a request within the limits. */
export function useCasesAtRoot(measured: MeasuredOperation): UseCase[] {
  return [...new Measurement(measured).fieldsAtRoot().values()].flatMap(([node]) => {
    const field = rootType(measured)?.getFields()[node.name.value];
    const useCase = field && useCaseOf(field)?.useCase;
    return useCase && useCase.kind !== 'subscription' ? [useCase] : [];
  });
}

/** Thrown where a limit is exceeded, so that no more of the document is read. */
class LimitExceeded extends Error {}

function requireAtMost(count: number, max: number, unit: string): void {
  if (count > max) throw new LimitExceeded(`The request has ${count} ${unit}; ${max} are the most.`);
}

/** Checks what can be counted without following fragments. @throws LimitExceeded */
function requireCounts(document: DocumentNode): void {
  let [aliases, directives, operations, fragments] = [0, 0, 0, 0];
  visit(document, {
    Field({ alias }) {
      if (!alias) return;
      aliases += 1;
      requireAtMost(alias.value.length, ALIAS_LENGTH_MAX, 'characters in an alias');
    },
    Directive() {
      directives += 1;
    },
    OperationDefinition() {
      operations += 1;
    },
    FragmentDefinition() {
      fragments += 1;
    },
  });
  requireAtMost(aliases, ALIASES_MAX, 'aliases');
  requireAtMost(directives, DIRECTIVES_MAX, 'directives');
  requireAtMost(operations, OPERATIONS_MAX, 'operations');
  requireAtMost(fragments, FRAGMENTS_MAX, 'fragments');
}

interface Measure {
  /** The response names of the fields. */
  readonly names: ReadonlySet<string>;
  readonly cost: number;
}

/** Nodes of fields by response name. */
type Fields = ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]>;

/** Measures the response: fields with the same response name count once, with their selections merged. */
class Measurement {
  readonly #measured: MeasuredOperation;
  readonly #fragments: ReadonlyMap<string, SelectionSetNode>;
  readonly #reached = new Set<SelectionSetNode>();
  #selections = 0;

  constructor(measured: MeasuredOperation) {
    this.#measured = measured;
    this.#fragments = fragmentsOf(measured.document);
  }

  /** @returns the measure of the operation @throws LimitExceeded, also for what it does not reach, as graphql validates all */
  measure(): Measure {
    const { document, operation } = this.#measured;
    const measure = this.#ofSelections([operation.selectionSet], rootType(this.#measured), 1);
    for (const definition of document.definitions)
      if (hasSelections(definition) && !this.#reached.has(definition.selectionSet))
        this.#ofSelections([definition.selectionSet], undefined, 1);
    return measure;
  }

  fieldsAtRoot(): Fields {
    return this.#fieldsIn([this.#measured.operation.selectionSet]);
  }

  /** @param parent undefined where it is not known */
  #ofSelections(sets: readonly SelectionSetNode[], parent: GraphQLObjectType | undefined, level: number): Measure {
    const fields = this.#fieldsIn(sets);
    if (fields.size > 0) requireAtMost(level, parent ? DEPTH_MAX : OTHER_DEPTH_MAX, 'levels of fields');
    const costs = [...fields.values()].map((nodes) => this.#costOf(nodes, parent, level));
    return { names: new Set(fields.keys()), cost: costs.reduce((sum, cost) => sum + cost, 0) };
  }

  #costOf(nodes: readonly [FieldNode, ...FieldNode[]], parent: GraphQLObjectType | undefined, level: number): number {
    const [node] = nodes;
    requireAtMost(nodes.length, REPEATED_MAX, `fields with the name ${responseNameOf(node).slice(0, ALIAS_LENGTH_MAX)}`);
    const field = parent?.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const below = sets.length > 0 ? this.#ofSelections(sets, isObjectType(type) ? type : undefined, level + 1).cost : 0;
    const useCase = field && useCaseOf(field);
    const belowAll = useCase?.isPage ? this.#rowsMax(node) * (ROW_COST + below) : below;
    return (useCase ? USE_CASE_COST : 0) + belowAll;
  }

  /** Rows of a page. The use case rejects a `limit` out of range, graphql one that is no number. */
  #rowsMax({ arguments: args = [] }: FieldNode): number {
    const value = args.find(({ name }) => name.value === 'limit')?.value;
    const limit = value?.kind === Kind.VARIABLE ? this.#valueOf(value.name.value) : value?.kind === Kind.INT && value.value;
    return Math.min(Math.max(Number(limit || PAGE_SIZE_DEFAULT) || PAGE_SIZE_MAX, 1), PAGE_SIZE_MAX);
  }

  /** The value of a variable: as sent, or its default. */
  #valueOf(variable: string): unknown {
    const { operation, variables } = this.#measured;
    const definition = operation.variableDefinitions?.find((candidate) => candidate.variable.name.value === variable);
    const value = definition?.defaultValue;
    return Object.hasOwn(variables, variable) ? variables[variable] : value?.kind === Kind.INT ? value.value : undefined;
  }

  #fieldsIn(sets: readonly SelectionSetNode[]): Fields {
    const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
    const seen = new Set<SelectionSetNode>();
    const collect = (set: SelectionSetNode | undefined): void => {
      if (!set || seen.has(set)) return;
      seen.add(set);
      this.#reached.add(set);
      this.#selections += set.selections.length;
      requireAtMost(this.#selections, SELECTIONS_MAX, 'fields and fragment spreads');
      for (const selection of set.selections) {
        if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) collect(this.#fragments.get(selection.name.value));
        else {
          const name = responseNameOf(selection);
          const sameName = fields.get(name);
          if (sameName) sameName.push(selection);
          else fields.set(name, [selection]);
        }
      }
    };
    for (const set of sets) collect(set);
    return fields;
  }
}

function rootType({ schema, operation }: MeasuredOperation): GraphQLObjectType | undefined {
  return schema.getRootType(operation.operation) ?? undefined;
}

function responseNameOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, SelectionSetNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet] as const] : [],
    ),
  );
}

function hasSelections(definition: DefinitionNode): definition is DefinitionNode & { readonly selectionSet: SelectionSetNode } {
  return 'selectionSet' in definition && definition.selectionSet !== undefined;
}
