import { describe, expect, it } from 'vitest';
import { parseLenderId, parseLoanId, parseRequestId } from './ids.ts';

const LOAN = '019cb2f0-4a1b-7c3d-8e5f-0123456789ab';
const LENDER = 'AbCdEfGhIjKlMnOpQrSt_-';

describe('id parsers', () => {
  it('accepts valid ids', () => {
    expect([parseLoanId(LOAN), parseLenderId(LENDER)]).toEqual([LOAN, LENDER]);
  });

  it.each([
    ...['', ' ', 'x', LOAN.toUpperCase(), ` ${LOAN}`, `${LOAN} `, `${LOAN}\n`, `${LOAN}0`, LOAN.slice(0, -1), `{${LOAN}}`],
    ...[LOAN.replaceAll('-', ''), LOAN.replace('-7', '-4'), LOAN.replace('-8', '-c'), LOAN.replace('a', '\u0430'), `x#${LOAN}`],
  ])('rejects %j as a loan id', (text) => {
    expect(parseLoanId(text)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    `${LENDER}A`,
    `${LENDER}\n`,
    ` ${LENDER}`,
    LENDER.slice(1),
    `${LENDER.slice(1)}=`,
    `${LENDER.slice(1)}#`,
    `${LENDER.slice(1)}\u00e9`,
  ])('rejects %j as a lender id', (text) => {
    expect(parseLenderId(text)).toBeUndefined();
  });

  it('accepts 1 to 128 allowed characters as a request id', () => {
    for (const text of ['x', 'aZ0._-', 'x'.repeat(128)]) expect(parseRequestId(text)).toBe(text);
    for (const text of ['', 'x'.repeat(129), 'a b', 'a\n', 'a/b', '"a"', '\u00e9']) expect(parseRequestId(text)).toBeUndefined();
  });
});
