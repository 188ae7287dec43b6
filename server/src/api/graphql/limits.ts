import type { DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { type GraphQLObjectType, type GraphQLSchema, getArgumentValues, getNamedType, isObjectType, Kind, visit } from 'graphql';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../../schemas/input-fields.ts';
import { useCaseOf } from './schema-builder.ts';

/* The limits of one request. Tokens are counted by the parser, the rest before anything is run. */

export const TOKENS_MAX = 2000;
const ROOT_FIELDS_MAX = 5;
const DEPTH_MAX = 8;
const ALIASES_MAX = 30;
const DIRECTIVES_MAX = 30;
const COST_MAX = 1000;
/** The cost of a use case, and of each row that it may return, to which the cost of the fields below the row is added. */
const USE_CASE_COST = 10;
const ROW_COST = 1;

export interface MeasuredOperation {
  readonly schema: GraphQLSchema;
  /** Validated against the schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether an idempotency key came with it. */
  readonly isKeyed: boolean;
}

/** @returns a message about the limit that is exceeded; undefined where none is */
export function limitViolation(measured: MeasuredOperation): string | undefined {
  const { document, operation, isKeyed } = measured;
  const { names, depth, cost } = measure(measured);
  const { aliases, directives } = countIn(document);
  if (isKeyed && operation.operation === 'mutation' && names.size > 1)
    return `A request with an idempotency key takes one mutation field; this one has ${names.size}.`;
  const counts: readonly (readonly [unit: string, count: number, max: number])[] = [
    ['fields at the root', names.size, ROOT_FIELDS_MAX],
    ['levels of fields', depth, DEPTH_MAX],
    ['aliases', aliases, ALIASES_MAX],
    ['directives', directives, DIRECTIVES_MAX],
  ];
  const [unit, count, max] = counts.find((row) => row[1] > row[2]) ?? [];
  if (unit !== undefined) return `The request has ${count} ${unit}; ${max} are the most.`;
  if (cost > COST_MAX)
    return `The request costs ${cost}; ${COST_MAX} is the most. Ask for smaller pages, or for less below each row.`;
  return undefined;
}

interface Measure {
  /** The response names of the fields. */
  readonly names: ReadonlySet<string>;
  readonly depth: number;
  readonly cost: number;
}

const NOTHING: Measure = { names: new Set(), depth: 0, cost: 0 };

/** Measures the response: fields with the same response name count once, with their selections merged. */
function measure({ schema, document, operation, variables }: MeasuredOperation): Measure {
  const fragments = new Map(document.definitions.filter(isFragment).map(({ name, selectionSet }) => [name.value, selectionSet]));

  function ofSelections(sets: readonly SelectionSetNode[], parent: GraphQLObjectType): Measure {
    const fields = fieldsIn(sets, fragments);
    const parts = [...fields.values()].map((nodes) => ofField(nodes, parent));
    return {
      names: new Set(fields.keys()),
      depth: Math.max(0, ...parts.map(({ depth }) => depth)),
      cost: parts.reduce((sum, { cost }) => sum + cost, 0),
    };
  }

  function ofField(nodes: readonly [FieldNode, ...FieldNode[]], parent: GraphQLObjectType): Pick<Measure, 'cost' | 'depth'> {
    const [node] = nodes;
    const field = parent.getFields()[node.name.value];
    if (!field) return NOTHING; // introspection, which graphql limits itself
    const type = getNamedType(field.type);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const below = isObjectType(type) ? ofSelections(sets, type) : NOTHING;
    const useCase = useCaseOf(field);
    const rows = useCase?.isPage ? rowsMax(getArgumentValues(field, node, variables)['limit']) : undefined;
    const belowAll = rows === undefined ? below.cost : rows * (ROW_COST + below.cost);
    return { depth: below.depth + 1, cost: (useCase ? USE_CASE_COST : 0) + belowAll };
  }

  const root = schema.getRootType(operation.operation);
  return root ? ofSelections([operation.selectionSet], root) : NOTHING;
}

/** By response name. */
function fieldsIn(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, SelectionSetNode>,
): Map<string, [FieldNode, ...FieldNode[]]> {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const seen = new Set<SelectionSetNode>();
  function collect(set: SelectionSetNode | undefined): void {
    if (!set || seen.has(set)) return;
    seen.add(set);
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) collect(fragments.get(selection.name.value));
      else {
        const name = selection.alias?.value ?? selection.name.value;
        const sameName = fields.get(name);
        if (sameName) sameName.push(selection);
        else fields.set(name, [selection]);
      }
    }
  }
  for (const set of sets) collect(set);
  return fields;
}

/** The use case rejects a `limit` out of range. */
function rowsMax(limit: unknown): number {
  return Math.min(Math.max(Number(limit ?? PAGE_SIZE_DEFAULT), 1), PAGE_SIZE_MAX);
}

function countIn(document: DocumentNode): { readonly aliases: number; readonly directives: number } {
  let [aliases, directives] = [0, 0];
  visit(document, {
    Field({ alias }) {
      if (alias) aliases += 1;
    },
    Directive() {
      directives += 1;
    },
  });
  return { aliases, directives };
}

function isFragment(definition: DocumentNode['definitions'][number]): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}
