import { describe, expect, it } from 'vitest';
import { isDisposableDomain } from './disposable-domains.ts';
import { isPrivacyRelay } from './privacy-relays.ts';

describe('isDisposableDomain', () => {
  it.each([
    'duck.com',
    'slmail.me',
    'mozmail.com',
    'privaterelay.appleid.com',
    'simplelogin.com',
    'simplelogin.co',
    'aleeas.com',
    'anonaddy.me',
    'addy.io',
    'passmail.net',
    'relay.firefox.com',
    'opayq.com', // listed all the same
    'ana.anonaddy.com',
    'ana.8shield.net',
  ])('does not flag the privacy relay %s', (domain) => {
    expect(isPrivacyRelay(domain)).toBe(true);
    expect(isDisposableDomain(domain)).toBe(false);
  });

  it.each(['gmail.com', 'icloud.com', 'fastmail.com', 'google.com', 'gmx.de', 'qq.com', 'example.com', 'uni-bremen.de'])(
    'does not flag %s',
    (domain) => {
      expect(isDisposableDomain(domain)).toBe(false);
    },
  );

  it.each(['mailinator.com', 'inbox.mailinator.com', 'guerrillamail.com', '10minutemail.com', 'yopmail.com'])(
    'flags the disposable domain %s',
    (domain) => {
      expect(isDisposableDomain(domain)).toBe(true);
    },
  );

  it('does not flag a domain that only begins like a listed one', () => {
    expect(isDisposableDomain('yopmail.com.example.org')).toBe(false);
  });
});
