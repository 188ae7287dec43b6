import path from 'node:path';
import { type GraphQLField, getNamedType, isNonNullType, isObjectType, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../http/routes.ts';
import { toSnake } from './naming.ts';
import { makeSchema } from './schema.ts';
import { useCaseOf } from './schema-builder.ts';

const schema = makeSchema();

/** HTTP only, as the contract has it. */
const NOT_ASKED_HERE = ['RemindLender', 'ImportLenders', 'ReadImport', 'ListImportRows'];

const fieldsOf = (name: string): GraphQLField<unknown, unknown>[] => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
};

const calling = Object.keys(schema.getTypeMap())
  .flatMap(fieldsOf)
  .flatMap((field) => {
    const called = useCaseOf(field);
    return called ? [{ field, name: field.name, useCase: called.useCase }] : [];
  });

describe('the schema', () => {
  it('has a field for each use case of the table but the reminder and imports, at the root or below a loan, and for watching one', () => {
    const endpoints = [...calling.map(({ useCase }) => useCase.endpoint), ...NOT_ASKED_HERE];
    expect(endpoints.toSorted()).toEqual([...routes.map(({ useCase }) => useCase.endpoint), 'WatchLoan'].toSorted());
  });

  it.each(calling)('takes for $name what its use case takes', ({ field, useCase }) => {
    const taken = Object.entries(useCase.input.shape).map(([name, shape]) => `${name}${isRequired(shape) ? '!' : ''}`);
    const args = field.args.map(({ name, type }) => `${toSnake(name)}${isNonNullType(type) ? '!' : ''}`);
    const given = ['lenders', 'events'].includes(field.name) ? ['loan_id!'] : [];
    expect([...given, ...args].toSorted()).toEqual(taken.toSorted());
  });

  it.each(calling)('answers for $name all that its use case answers', ({ field, useCase }) => {
    const isLoan = useCase.endpoint === 'ReadLoan';
    const output = isLoan ? useCase.output.shape['loan'] : useCase.output;
    const left = useCase.kind === 'query' && !isLoan ? ['success'] : []; // an answer to a query is a success
    const within = fieldsOf(getNamedType(field.type).name);
    const answer = useCase.kind === 'subscription' ? within.find(({ name }) => name === 'event')?.type : field.type;
    expect(answer && namesIn(getNamedType(answer).name)).toEqual(shapeNames(output).filter((name) => !left.includes(name)));
  });

  it('is printed in docs/schema.graphql', async () => {
    const file = path.resolve(import.meta.dirname, '../../../../docs/schema.graphql');
    await expect(`${printSchema(schema)}\n`).toMatchFileSnapshot(file);
  });
});

function isRequired(shape: z.core.$ZodType): boolean {
  return !z.safeParse(shape, undefined).success;
}

/** A type's members at every depth, without what is asked for by a call of its own: `loan.amount`. */
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
