import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { canonicalMailbox, earlierMailboxes, earlierOptOutMailboxes } from './canonical-mailbox.ts';
import { MAIL_PROVIDERS } from './mail-providers.ts';

const mailboxOf = (address: string) => canonicalMailbox(emailOf(address));

describe('canonicalMailbox', () => {
  it.each([
    ['tags', 'v+1@example.com', 'v@example.com'],
    ['repeated tags', 'v+a+b@example.com', 'v+c@example.com'],
    ['case', 'VAL@Example.COM', 'val@example.com'],
    ['case that has several small letters', 'ΝΙΚΟΣ@example.com', 'νικοσ@example.com'],
    ['case that changes the length', 'GROSS@example.com', 'groß@example.com'],
    ['the form of a domain', 'val+1@BÜCHER.example', 'val@xn--bcher-kva.example'],
    ['dots at Gmail', 'v.a.l@gmail.com', 'val@gmail.com'],
    ['the two domains of Gmail', 'v.al+x@googlemail.com', 'val@gmail.com'],
    ['dots before the tag at Gmail', 'v.al+a.b@gmail.com', 'val@gmail.com'],
    ['dots at Proton', 'v.al@proton.me', 'val@proton.me'],
    ['hyphens and underscores at Proton', 'v-a_l@proton.me', 'val@proton.me'],
    ['the domains of Proton', 'v.al+x@pm.me', 'val@protonmail.com'],
    ['the first domain of Proton', 'val@protonmail.ch', 'val@proton.me'],
    ['the domains of iCloud', 'val+x@mac.com', 'val@icloud.com'],
    ['the second domain of iCloud', 'val@me.com', 'val@icloud.com'],
    ['the domains of Yandex', 'val@ya.ru', 'val+x@yandex.com'],
    ['the keyword at Yahoo', 'val-shop@yahoo.com', 'val-bank@yahoo.com'],
    ['the keyword at other domains of Yahoo', 'val-shop-1@ymail.com', 'val-bank@ymail.com'],
    ['the subdomain at Fastmail', 'shop@val.fastmail.com', 'val@fastmail.com'],
    ['a subdomain and a tag at Fastmail', 'shop+1@val.fastmail.fm', 'val+bank@fastmail.fm'],
  ])('ignores %s', (_, one, other) => {
    expect(mailboxOf(one)).toBe(mailboxOf(other));
  });

  it.each([
    ['dots at other providers', 'v.al@example.com', 'val@example.com'],
    ['dots at a subdomain of Gmail', 'v.al@mail.gmail.com', 'val@mail.gmail.com'],
    ['dots at iCloud', 'v.al@icloud.com', 'val@icloud.com'],
    ['dots and hyphens at Yandex', 'v.al@yandex.ru', 'v-al@yandex.ru'],
    ['names of hyphens at Proton', '-@proton.me', '--@proton.me'],
    ['hyphens at other providers', 'val-shop@example.com', 'val-bank@example.com'],
    ['a base name at Yahoo from an account of that name', 'val-shop@yahoo.com', 'val@yahoo.com'],
    ['names at Yahoo that start with a hyphen', '-a@yahoo.com', '-b@yahoo.com'],
    ['the domains of Yahoo', 'val@yahoo.com', 'val@yahoo.de'],
    ['hyphens at Yahoo Japan, which is another company', 'val-a@yahoo.co.jp', 'val-b@yahoo.co.jp'],
    ['the domains of Fastmail', 'val@fastmail.com', 'val@fastmail.fm'],
    ['domains of Fastmail’s customers', 'shop@val.example.com', 'val@example.com'],
    ['subdomains of subdomains', 'a@b.val.fastmail.com', 'val@fastmail.com'],
    ['the domains of Microsoft', 'val@outlook.com', 'val@hotmail.com'],
    ['the other domains of Microsoft', 'val@live.com', 'val@outlook.com'],
    ['the domains of GMX', 'val@gmx.de', 'val@gmx.net'],
    ['a local part that is a tag only', '+a@example.com', '+b@example.com'],
    ['other names', 'val@example.com', 'vala@example.com'],
    ['other domains', 'val@example.com', 'val@example.org'],
  ])('distinguishes %s', (_, one, other) => {
    expect(mailboxOf(one)).not.toBe(mailboxOf(other));
  });

  it('is the same for every tag and case of an address', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    fc.assert(
      fc.property(name, name, (local, tag) => {
        expect(mailboxOf(`${local.toUpperCase()}+${tag}@example.com`)).toBe(mailboxOf(`${local}@example.com`));
      }),
    );
  });

  it('is its own canonical mailbox, at every provider', () => {
    const domain = fc.constantFrom(
      'example.com',
      'val.fastmail.com',
      ...Object.values(MAIL_PROVIDERS).flatMap((each) => each.domains),
    );
    const local = fc.stringMatching(/^[a-z0-9_-]{1,6}(\.[a-z0-9_-]{1,6}){0,2}(\+[a-z0-9_-]{0,3}){0,2}$/);
    fc.assert(
      fc.property(local, domain, (name, at) => {
        const mailbox = mailboxOf(`${name}@${at}`);
        expect(mailboxOf(mailbox)).toBe(mailbox);
      }),
    );
  });
});

describe('earlierMailboxes', () => {
  it.each([
    ['val@example.com', []],
    ['v.a.l+x@googlemail.com', []],
    ['val+x@icloud.com', ['val@me.com', 'val@mac.com']],
    [
      'v_al@pm.me',
      [
        'v_al@proton.me',
        'v_al@protonmail.com',
        'val@protonmail.com',
        'v_al@protonmail.ch',
        'val@protonmail.ch',
        'v_al@pm.me',
        'val@pm.me',
      ],
    ],
    ['val-shop+1@yahoo.com', ['val-shop@yahoo.com']],
    ['shop+1@val.fastmail.com', ['shop@val.fastmail.com']],
  ])('names the forms that earlier versions had for %s', (address, forms) => {
    expect(earlierMailboxes(emailOf(address))).toEqual(forms);
  });

  it('names the exact spelling too, for opt-outs', () => {
    expect(earlierOptOutMailboxes(emailOf('v.a.l+x@gmail.com'))).toEqual(['v.a.l+x@gmail.com']);
    expect(earlierOptOutMailboxes(emailOf('val@gmail.com'))).toEqual([]);
  });
});

describe('the table of providers', () => {
  it('has its source for every domain in the documentation', () => {
    const text = readFileSync(new URL('../../../../docs/mailboxes.md', import.meta.url), 'utf8');
    for (const domain of Object.values(MAIL_PROVIDERS).flatMap(({ domains }) => domains)) {
      const documented = domain.startsWith('yahoo.') ? `\`${domain.slice('yahoo.'.length)}\`` : `\`${domain}\``;
      expect(text).toContain(documented);
    }
  });
});
