import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitViolation } from './limits.ts';

/* A schema of its own: the app's does not nest as deep as the limit. */

const schema = buildSchema('type Query { loan: Loan } type Loan { name: String, next: Loan }');

function violationIn(query: string): string | undefined {
  const document = parse(query);
  const operation = getOperationAST(document);
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
});
