import { describe, expect, it } from 'vitest';
import { isAllowedOrigin, isOwnOrigin, ownOrigin } from './own-origin.ts';

const OWN = 'https://lending.example.com';

describe('isOwnOrigin', () => {
  it.each([
    [OWN, undefined],
    [OWN, 'same-origin'],
    [undefined, 'same-origin'],
  ])('is true for Origin %s and Sec-Fetch-Site %s', (origin, fetchSite) => {
    expect(isOwnOrigin({ origin, fetchSite }, OWN)).toBe(true);
  });

  it.each([
    [undefined, undefined],
    [undefined, 'none'],
    [undefined, 'same-site'],
    [undefined, 'cross-site'],
    [undefined, ''],
    [OWN, 'cross-site'],
    [OWN, 'same-site'],
    [OWN, 'none'],
    ['null', 'same-origin'],
    ['', 'same-origin'],
    ['https://evil.example.com', 'same-origin'],
    ['https://evil.example.com', undefined],
    ['http://lending.example.com', undefined],
    ['https://lending.example.com:8443', undefined],
    ['https://lending.example.com.evil.example', undefined],
    ['https://lending.example.com/', undefined],
    ['HTTPS://LENDING.EXAMPLE.COM', undefined],
    [`${OWN}, ${OWN}`, undefined],
    ['null', undefined],
  ])('is false for Origin %s and Sec-Fetch-Site %s', (origin, fetchSite) => {
    expect(isOwnOrigin({ origin, fetchSite }, OWN)).toBe(false);
  });
});

describe('isAllowedOrigin', () => {
  it.each([
    [undefined, true],
    [OWN, true],
    ['https://app.example.com', true],
    ['https://evil.example.com', false],
    ['null', false],
    ['', false],
  ])('is, for Origin %s, %s', (origin, expected) => {
    expect(isAllowedOrigin(origin, OWN, ['https://app.example.com'])).toBe(expected);
  });
});

describe('ownOrigin', () => {
  it.each([
    ['https://lending.example.com/app', 'http://127.0.0.1:3000', undefined, 'https://lending.example.com'],
    ['https://lending.example.com', 'http://127.0.0.1:3000', 'http', 'https://lending.example.com'],
    [undefined, 'http://127.0.0.1:3000', undefined, 'http://127.0.0.1:3000'],
    [undefined, 'http://lending.example.com', 'https', 'https://lending.example.com'],
    [undefined, 'http://lending.example.com:8080', 'https', 'https://lending.example.com:8080'],
    [undefined, 'http://lending.example.com', 'http, https', 'https://lending.example.com'],
    [undefined, 'https://api.example.com', 'javascript', 'https://api.example.com'],
  ])('of PUBLIC_URL %s, a request to %s and X-Forwarded-Proto %s is %s', (publicUrl, requested, protocol, expected) => {
    expect(ownOrigin(publicUrl, requested, protocol)).toBe(expected);
  });
});
