import path from 'node:path';
import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../http/routes.ts';
import { toSnake } from './naming.ts';
import { makeSchema } from './schema.ts';
import { useCaseOf } from './schema-builder.ts';

const schema = makeSchema();

/** Endpoints of REST only. */
const OF_OPERATORS = ['ListHolds', 'ReadHold', 'RejectHold', 'ReleaseHold'];
const REST_ONLY = ['RemindLender', 'ImportLenders', 'ReadImport', 'ListImportRows', ...OF_OPERATORS];

const fieldsOf = (name: string): GraphQLField<unknown, unknown>[] => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
};

const useCaseFields = Object.keys(schema.getTypeMap())
  .flatMap(fieldsOf)
  .flatMap((field) => {
    const extension = useCaseOf(field);
    return extension ? [{ field, name: field.name, useCase: extension.useCase }] : [];
  });

describe('makeSchema', () => {
  it('has a field for each use case of the REST API but reminders, imports and calls of operators, and a subscription', () => {
    const endpoints = [...useCaseFields.map(({ useCase }) => useCase.endpoint), ...REST_ONLY];
    expect(endpoints.toSorted()).toEqual([...routes.map(({ useCase }) => useCase.endpoint), 'WatchLoan'].toSorted());
  });

  it.each(useCaseFields)('gives $name the arguments of its use case', ({ field, useCase }) => {
    const parameters = Object.entries(useCase.input.shape).map(([name, shape]) => `${name}${isRequired(shape) ? '!' : ''}`);
    const args = field.args.map(({ name, type }) => `${toSnake(name)}${isNonNullType(type) ? '!' : ''}`);
    const fromParent = ['lenders', 'events'].includes(field.name) ? ['loan_id!'] : [];
    expect([...fromParent, ...args].toSorted()).toEqual(parameters.toSorted());
  });

  it.each(useCaseFields)('gives $name all members of its use case’s response', ({ field, useCase }) => {
    const isLoan = useCase.endpoint === 'ReadLoan';
    const output = isLoan ? useCase.output.shape['loan'] : useCase.output;
    const omitted = useCase.kind === 'query' && !isLoan ? ['success'] : []; // a query with data has succeeded
    const members = fieldsOf(getNamedType(field.type).name);
    const type = useCase.kind === 'subscription' ? members.find(({ name }) => name === 'event')?.type : field.type;
    expect(type && namesIn(getNamedType(type).name)).toEqual(shapeNames(output).filter((name) => !omitted.includes(name)));
  });

  it('describes every type, field, argument, input field and value', () => {
    const described = Object.values(schema.getTypeMap())
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) => [{ at: type.name, description: type.description }, ...membersOf(type)]);
    expect(described.length).toBeGreaterThan(150);
    expect(described.filter(({ description }) => !/\S.*[.\w)]$/s.test(description ?? '')).map(({ at }) => at)).toEqual([]);
  });

  it('lists the errors of each field that is a use case', () => {
    for (const { field } of useCaseFields) expect(field.description).toMatch(/ Errors: VALIDATION_ERROR, UNAUTHORIZED, /);
  });

  it('is printed in docs/schema.graphql', async () => {
    const file = path.resolve(import.meta.dirname, '../../../../docs/schema.graphql');
    await expect(`${printSchema(schema)}\n`).toMatchFileSnapshot(file);
  });
});

interface Described {
  readonly at: string;
  readonly description: string | null | undefined;
}

function membersOf(type: GraphQLNamedType): Described[] {
  if (isEnumType(type)) return type.getValues().map(({ name, description }) => ({ at: `${type.name}.${name}`, description }));
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map(({ name, description }) => ({ at: `${type.name}.${name}`, description }));
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap(({ name, description, args }) => [
    { at: `${type.name}.${name}`, description },
    ...args.map((argument) => ({ at: `${type.name}.${name}(${argument.name})`, description: argument.description })),
  ]);
}

function isRequired(shape: z.core.$ZodType): boolean {
  return !z.safeParse(shape, undefined).success;
}

/** A type's members at every depth, such as `loan.amount`, without those that are use cases of their own. */
function namesIn(type: string, within = ''): string[] {
  const own = fieldsOf(type).filter((field) => !useCaseOf(field));
  return own
    .flatMap((field) => [
      within + toSnake(field.name),
      ...namesIn(getNamedType(field.type).name, `${within}${toSnake(field.name)}.`),
    ])
    .toSorted();
}

function shapeNames(shape: z.core.$ZodType | undefined, within = ''): string[] {
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable) return shapeNames(shape.unwrap(), within);
  if (shape instanceof z.ZodArray) return shapeNames(shape.element, within);
  if (!(shape instanceof z.ZodObject)) return [];
  return Object.entries(shape.shape)
    .flatMap(([name, member]) => [within + name, ...shapeNames(member, `${within}${name}.`)])
    .toSorted();
}
