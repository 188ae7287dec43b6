import { describe, expect, it } from 'vitest';
import { emailOf } from '../../../testing/app/domain-fixtures.ts';
import { LARGE_MAIL_DOMAINS } from './large-mail-domains.ts';
import { smallDomainOf } from './receiving-domain.ts';

const domainOf = (address: string, ...large: readonly string[]) => smallDomainOf(emailOf(address), new Set(large));

describe('smallDomainOf', () => {
  it.each([
    ['of a company', 'ana@acme.coop', 'acme.coop'],
    ['of a subdomain, which its owner makes at will', 'ana@x1.mail.acme.co.uk', 'acme.co.uk'],
    ['of a customer of a host, who has a subdomain', 'ana@mail.acme.github.io', 'acme.github.io'],
    ['in its form of ASCII', 'ana@BÜCHER.de', 'xn--bcher-kva.de'],
    ['that is itself a public suffix', 'ana@github.io', 'github.io'],
    ['that is named like a large one', 'ana@notgmail.com', 'notgmail.com'],
  ])('names the registered domain %s', (_, address, domain) => {
    expect(domainOf(address)).toBe(domain);
  });

  it.each([
    ['a large provider', 'ana@gmail.com'],
    ['a relay, whose addresses have a domain below another one', 'ana@privaterelay.appleid.com'],
    ['a subdomain of a provider that has them', 'shop@ana.fastmail.com'],
    ['a reserved domain', 'ana@example.com'],
    ['a reserved top-level domain', 'ana@acme.test'],
  ])('names none for %s', (_, address) => {
    expect(domainOf(address)).toBeUndefined();
  });

  it('names none for what the operator declares to be large, with its subdomains', () => {
    expect(domainOf('ana@cs.uni.edu', 'uni.edu')).toBeUndefined();
    expect(domainOf('ana@cs.uni.edu', 'math.uni.edu')).toBe('uni.edu');
  });

  it('knows large domains once each, as addresses have them', () => {
    for (const domain of LARGE_MAIL_DOMAINS) expect(emailOf(`ana@${domain}`)).toBe(`ana@${domain}`);
  });
});
