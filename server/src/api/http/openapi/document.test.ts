import { describe, expect, it } from 'vitest';
import { openApiDocument } from './document.ts';
import type { Content, JsonSchema } from './types.ts';

const { paths, components } = openApiDocument();
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

describe('openApiDocument', () => {
  it.each(operations)('describes $name: summary, description, parameters, and members of bodies', ({ operation }) => {
    const { summary, description, parameters, requestBody, responses } = operation;
    expect(summary).toMatch(/^\S.*\.$/);
    expect(description).toMatch(/^\S.*\.$/);
    const undescribed = parameters.filter(
      (parameter) => isUndescribed(parameter) || (parameter.example === undefined && !hasExample(parameter.schema)),
    );
    expect(undescribed.map(({ name }) => name)).toEqual([]);
    const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content }) => content)];
    expect(contents.flatMap(incompleteIn)).toEqual([]);
  });

  it.each(Object.entries(components.schemas))('describes the object %s and its members', (name, schema) => {
    expect(schema.description).toMatch(/^\S.*\.$/);
    expect(incompleteMembers(schema, name)).toEqual([]);
  });

  it('says what lenders may infer from the totals of a loan', () => {
    const says = { description: expect.stringContaining('it reveals what the others lend') };
    const properties = { total_invited: says, total_accepted: says, remaining: says, lender_count: says };
    expect(components.schemas['Loan']).toMatchObject({ properties });
  });

  it('lists the errors of each operation, each with its meaning and an example', () => {
    for (const { name, operation } of operations) {
      const errors = Object.entries(operation.responses).filter(([status]) => status >= '400');
      expect(errors.length, name).toBeGreaterThanOrEqual(3);
      for (const [status, { description, content }] of errors) {
        expect(description, `${name} ${status}`).toMatch(/^\S.*\.$/);
        expect(Object.keys(content).length, `${name} ${status}`).toBeGreaterThan(0);
      }
    }
  });
});

function incompleteIn(content: Content): string[] {
  return Object.values(content).flatMap(({ schema }) => incompleteMembers(schema, ''));
}

/** The members, at every depth, that lack a description, or an example where their values are not listed. */
function incompleteMembers(schema: JsonSchema, path: string): string[] {
  const items =
    typeof schema.items === 'object' && !Array.isArray(schema.items) ? incompleteMembers(schema.items, `${path}[]`) : [];
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const at = `${path}.${name}`;
    const isLeaf = member.$ref === undefined && member.properties === undefined && !hasObjects(member);
    const isIncomplete = isUndescribed(member) || (isLeaf && !hasExample(member));
    return [...(isIncomplete ? [at] : []), ...incompleteMembers(member, at)];
  });
  return [...items, ...members];
}

function isUndescribed({ description }: { readonly description?: string | undefined }): boolean {
  return description === undefined || description.trim() === '';
}

function hasObjects({ items }: JsonSchema): boolean {
  return typeof items === 'object' && !Array.isArray(items) && (items.$ref !== undefined || items.properties !== undefined);
}

function hasExample(schema: JsonSchema): boolean {
  const { examples, const: constant, enum: values, anyOf } = schema;
  const isList = anyOf?.every((option) => typeof option === 'object' && option.const !== undefined) === true;
  return examples !== undefined || constant !== undefined || values !== undefined || isList;
}
