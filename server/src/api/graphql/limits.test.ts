import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitViolation } from './limits.ts';

/* Our own schema does not lead as deep as the limit: that is for what it may become. */

const schema = buildSchema('type Query { loan: Loan } type Loan { name: String, next: Loan }');

function excessIn(query: string): string | undefined {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('the request has no operation');
  return limitViolation({ schema, document, operation, variables: {}, isKeyed: false });
}

/** Loans in loans, so that the name stands at the level that is asked for. */
function nested(levels: number): string {
  return `{ loan ${'{ next '.repeat(levels - 2)}{ name }${' }'.repeat(levels - 2)} }`;
}

describe('the depth of a request', () => {
  it('is limited', () => {
    expect(excessIn(nested(8))).toBeUndefined();
    expect(excessIn(nested(9))).toBe('The request has 9 levels of fields; 8 are the most.');
  });

  it('is that of what fragments add up to', () => {
    const fragments =
      'fragment A on Loan { next { next { next { ...B } } } } fragment B on Loan { next { next { ... { name } } } }';
    expect(excessIn(`{ loan { next { ...A } } } ${fragments}`)).toBeUndefined();
    expect(excessIn(`{ loan { next { next { ...A } } } } ${fragments}`)).toContain('9 levels');
  });

  it('is that of fields that are asked for twice under one name, together', () => {
    expect(excessIn(`{ loan { next { name } } ${nested(9).slice(1)}`)).toContain('9 levels');
  });
});
