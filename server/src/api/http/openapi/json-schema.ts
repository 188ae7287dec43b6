import * as z from 'zod';
import type { JsonSchema } from './types.ts';

const OPTIONS = { unrepresentable: 'any', override: simplify } as const;

const COMPONENTS = '#/components/schemas/';

/**
 * A schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Schemas with an `id` become references to components.
 * @param io `input` for what a request may have, before defaults and transforms; `output` for what a response has
 */
export function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, $defs, ...json } = z.toJSONSchema(schema, { ...OPTIONS, io });
  return JSON.parse(JSON.stringify(json).replaceAll('#/$defs/', COMPONENTS));
}

/** All schemas with an `id`, sorted by it. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { ...OPTIONS, uri: (id) => COMPONENTS + id });
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([id, { $schema, $id, ...schema }]) => [id, schema]));
}

/**
 * Drops safe-integer bounds and redundant `anyOf`s, writes "or null" as one of the types, and restores what zod omits
 * from schemas with a transform.
 */
function simplify({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: JsonSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.type !== undefined) delete jsonSchema.anyOf;
  mergeNull(jsonSchema);
  const { examples, default: fallback } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples)) jsonSchema.examples = examples;
  if (typeof fallback === 'string' || typeof fallback === 'number') jsonSchema.default = fallback;
}

/** Replaces an `anyOf` of X and null by `type: [X, "null"]`, which people and generators of types read more easily. */
function mergeNull(schema: JsonSchema): void {
  const [other, none, ...more] = schema.anyOf ?? [];
  if (none?.type === 'null' && more.length === 0 && typeof other?.type === 'string') {
    delete schema.anyOf;
    Object.assign(schema, { ...other, ...schema, type: [other.type, 'null'] });
  }
  if (Array.isArray(schema.type) && schema.type.includes('null') && schema.enum && !schema.enum.includes(null))
    schema.enum = [...schema.enum, null];
}

/** The schema without null, for parameters: text has no null. */
export function withoutNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  const [only, ...others] = [type ?? []].flat().filter((name) => name !== 'null');
  return {
    ...schema,
    ...(only !== undefined && { type: others.length > 0 ? [only, ...others] : only }),
    ...(values && { enum: values.filter((value) => value !== null) }),
  };
}
