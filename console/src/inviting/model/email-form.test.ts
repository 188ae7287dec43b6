import { describe, expect, it } from 'vitest';
import { emailKey, isEmailForm } from './email-form.ts';

describe('isEmailForm', () => {
  it.each([
    'ann@example.com',
    ' ann+tag@mail.example.co.uk ',
    "o'neil@example.com",
    'jörg@müller.example',
    '山田@例え.jp',
    'ann@xn--mller-kva.example',
    'a@1.2.example',
  ])('accepts %s', (text) => {
    expect(isEmailForm(text)).toBe(true);
  });

  it.each([
    '',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    'ann@@example.com',
    'a b@example.com',
    'ann@example..com',
    'ann@-x.com',
    'ann@1.2.3.4',
    'ann.@example.com',
    'Ann <ann@example.com>',
    `${'a'.repeat(250)}@example.com`,
  ])('rejects %s', (text) => {
    expect(isEmailForm(text)).toBe(false);
  });
});

describe('emailKey', () => {
  it('is the same for one address in several forms', () => {
    expect(emailKey(' Ann@EXAMPLE.com')).toBe(emailKey('ann@example.com'));
    expect(emailKey('ann@müller.example')).toBe(emailKey('ann@xn--mller-kva.example'));
    expect(emailKey('jo\u0308rg@example.com')).toBe(emailKey('jörg@example.com'));
  });

  it('differs for addresses that the server takes for different ones', () => {
    expect(emailKey('a.nn@example.com')).not.toBe(emailKey('ann@example.com'));
    expect(emailKey('ann+x@example.com')).not.toBe(emailKey('ann@example.com'));
  });
});
