import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitViolation } from './limits.ts';

/* A schema of its own: the app's does not nest as deep as the limit. */

const schema = buildSchema('type Query { loan: Loan } type Loan { name: String, next: Loan }');

const FOUR = ['a', 'b', 'c', 'd'];
const spreads = (count: number) => Array.from({ length: count }, (_, n) => `...F${n}`).join(' ');
const fragments = (count: number, fields: string) =>
  Array.from({ length: count }, (_, n) => `fragment F${n} on Query { ${fields} }`).join(' ');
const operations = (count: number) =>
  Array.from({ length: count }, (_, n) => `query ${'A'.repeat(n + 1)} { loan { name } }`).join(' ');

/** @param name of the operation, where there are several */
function violationIn(query: string, name?: string): string | undefined {
  const document = parse(query);
  const operation = getOperationAST(
    document,
    document.definitions.length > 1 && query.includes(`query ${name}`) ? name : undefined,
  );
  if (!operation) throw new Error('the request has no operation');
  return limitViolation({ schema, document, operation, variables: {}, isKeyed: false });
}

/** Nested loans, with the name at the given level. */
function nested(levels: number): string {
  return `{ loan ${'{ next '.repeat(levels - 2)}{ name }${' }'.repeat(levels - 2)} }`;
}

describe('limitViolation', () => {
  it('limits the depth of a request', () => {
    expect(violationIn(nested(8))).toBeUndefined();
    expect(violationIn(nested(9))).toBe('The request has 9 levels of fields; 8 are the most.');
  });

  it('adds up the depth of nested fragments', () => {
    const fragments =
      'fragment A on Loan { next { next { next { ...B } } } } fragment B on Loan { next { next { ... { name } } } }';
    expect(violationIn(`{ loan { next { ...A } } } ${fragments}`)).toBeUndefined();
    expect(violationIn(`{ loan { next { next { ...A } } } } ${fragments}`)).toContain('9 levels');
  });

  it('merges fields with the same response name before measuring depth', () => {
    expect(violationIn(`{ loan { next { name } } ${nested(9).slice(1)}`)).toContain('9 levels');
  });

  it.each([
    ['a fragment that spreads itself', '{ loan { ...A } } fragment A on Loan { next { ...A } }', /9 levels of fields/],
    ['unknown fields', `{ ${'a { '.repeat(20)} b ${'}'.repeat(21)}`, /21 levels of fields; 20 are the most/],
    ['a fragment that is not used', '{ loan { name } } fragment A on X { a { ...A } }', /21 levels of fields; 20/],
    ['another operation', `query A { loan { name } } query B { ${'name '.repeat(11)} }`, /11 fields with the name name/],
    ['a repeated field in fragments', `{ ${spreads(11)} } ${fragments(11, 'loan { name }')}`, /11 fields with the name loan/],
    ['fragments', `{ ...F0 } ${fragments(51, 'loan { name }')}`, /51 fragments; 50 are the most/],
    ['operations', operations(11), /11 operations; 10 are the most/],
    ['a long alias', `{ ${'a'.repeat(101)}: loan { name } }`, /101 characters in an alias; 100 are the most/],
  ])('limits %s', (_, query, message) => {
    expect(violationIn(query, 'A')).toMatch(message);
  });

  it('counts the fields of a fragment wherever it is spread, and stops at the limit', () => {
    // Without a limit, each level would double the fields.
    const doubled = Array.from(
      { length: 6 },
      (_, n) => `fragment F${n} on Loan { ${FOUR.map((a) => `${a}${n}: next { ...F${n + 1} }`).join(' ')} }`,
    );
    const query = `{ loan { ...F0 } } ${doubled.join(' ')} fragment F6 on Loan { name }`;
    expect(violationIn(query)).toMatch(/fields and fragment spreads; 2000 are the most/);
  });
});
