import type { DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { type GraphQLObjectType, type GraphQLSchema, getArgumentValues, getNamedType, isObjectType, Kind, visit } from 'graphql';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../../schemas/input-fields.ts';
import { useCaseOf } from './schema-builder.ts';

/* How much one request may ask for. The text is bounded when it is parsed; the rest is measured before anything is run. */

export const TOKENS_MAX = 2000;
const ROOT_FIELDS_MAX = 5;
const DEPTH_MAX = 8;
const ALIASES_MAX = 30;
const DIRECTIVES_MAX = 30;
const COST_MAX = 1000;
/** A use case costs this much, and each row that it may answer one more, with all that is asked below the row. */
const CALL_COST = 10;
const ROW_COST = 1;

export interface MeasuredOperation {
  readonly schema: GraphQLSchema;
  /** Valid by the schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether an idempotency key came with it. */
  readonly isKeyed: boolean;
}

/** @returns what is too much, with the limit; undefined where all is within its limits */
export function limitViolation(context: MeasuredOperation): string | undefined {
  const { document, operation, isKeyed } = context;
  const { names, depth, cost } = measure(context);
  const { aliases, directives } = countIn(document);
  if (isKeyed && operation.operation === 'mutation' && names.size > 1)
    return `A request with an idempotency key takes one mutation field; this one has ${names.size}.`;
  const found: readonly (readonly [what: string, found: number, max: number])[] = [
    ['fields at the root', names.size, ROOT_FIELDS_MAX],
    ['levels of fields', depth, DEPTH_MAX],
    ['aliases', aliases, ALIASES_MAX],
    ['directives', directives, DIRECTIVES_MAX],
  ];
  const [what, count, max] = found.find((row) => row[1] > row[2]) ?? [];
  if (what !== undefined) return `The request has ${count} ${what}; ${max} are the most.`;
  if (cost > COST_MAX)
    return `The request costs ${cost}; ${COST_MAX} is the most. Ask for smaller pages, or for less below each row.`;
  return undefined;
}

interface Measure {
  /** Under which the answer will bear the fields. */
  readonly names: ReadonlySet<string>;
  readonly depth: number;
  readonly cost: number;
}

const NOTHING: Measure = { names: new Set(), depth: 0, cost: 0 };

/** Measured is what will be answered: a field that is asked for twice under one name is one. */
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
    if (!field) return NOTHING; // introspection, which graphql has limits of its own for
    const type = getNamedType(field.type);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const below = isObjectType(type) ? ofSelections(sets, type) : NOTHING;
    const called = useCaseOf(field);
    const rows = called?.isPage ? rowsAsked(getArgumentValues(field, node, variables)['limit']) : undefined;
    const belowAll = rows === undefined ? below.cost : rows * (ROW_COST + below.cost);
    return { depth: below.depth + 1, cost: (called ? CALL_COST : 0) + belowAll };
  }

  const root = schema.getRootType(operation.operation);
  return root ? ofSelections([operation.selectionSet], root) : NOTHING;
}

/** By the name that each will have in the answer. */
function fieldsIn(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, SelectionSetNode>,
): Map<string, [FieldNode, ...FieldNode[]]> {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const seen = new Set<SelectionSetNode>();
  function gather(set: SelectionSetNode | undefined): void {
    if (!set || seen.has(set)) return;
    seen.add(set);
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) gather(selection.selectionSet);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) gather(fragments.get(selection.name.value));
      else {
        const name = selection.alias?.value ?? selection.name.value;
        const others = fields.get(name);
        if (others) others.push(selection);
        else fields.set(name, [selection]);
      }
    }
  }
  for (const set of sets) gather(set);
  return fields;
}

/** What is no size of a page is for the use case to refuse. */
function rowsAsked(limit: unknown): number {
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
