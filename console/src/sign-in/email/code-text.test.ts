import { describe, expect, it } from 'vitest';
import { codeDigits, codeFor, codeInFragment, formatCode } from './code-text.ts';

describe('codeDigits', () => {
  it.each([
    ['12345678', '12345678'],
    ['1234 5678', '12345678'],
    [' 1234-5678\n', '12345678'],
    ['1234\u00a05678', '12345678'],
    ['1 2 3 4 5 6 7 8', '12345678'],
    ['Your code is 1234 5678. It is valid for 10 minutes.', '12345678'],
    ['12 of your friends, code 1234-5678', '12345678'],
    ['123', '123'],
    ['123a4', '1234'],
    ['', ''],
    ['code', ''],
    ['1234567890', '12345678'],
    ['١٢٣٤٥٦٧٨', '12345678'],
    ['۱۲۳۴ ۵۶۷۸', '12345678'],
    ['१२३४५६७८', '12345678'],
    ['１２３４５６７８', '12345678'],
  ])('reads %j as %j', (text, digits) => {
    expect(codeDigits(text)).toBe(digits);
  });
});

describe('formatCode', () => {
  it('groups the digits by four, also before all are there', () => {
    expect(['', '1234', '12345', '12345678'].map(formatCode)).toEqual(['', '1234', '1234 5', '1234 5678']);
  });
});

describe('codeInFragment', () => {
  it('reads the code of the link in the mail', () => {
    expect(codeInFragment('#for=Ab-_1234&code=12345678')).toEqual({ code: '12345678', challengeStart: 'Ab-_1234' });
  });

  it.each([
    '',
    '#',
    '#main',
    '#for=Ab-_1234',
    '#code=12345678',
    '#for=&code=12345678',
    '#for=Ab-_12345&code=12345678',
    ...['', '1234567', '123456789', '1234567a'].map((code) => `#for=Ab-_1234&code=${code}`),
  ])('reads no code from %j', (fragment) => {
    expect(codeInFragment(fragment)).toBeUndefined();
  });
});

describe('codeFor', () => {
  it('has no code for a challenge that the link was not sent for', () => {
    const link = { code: '12345678', challengeStart: 'Ab-_1234' };
    expect(codeFor(`Ab-_1234${'x'.repeat(35)}`, link)).toBe('12345678');
    expect(codeFor(`Ab-_1235${'x'.repeat(35)}`, link)).toBeUndefined();
  });
});
