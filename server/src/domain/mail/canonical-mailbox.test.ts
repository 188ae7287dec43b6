import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { canonicalMailbox } from './canonical-mailbox.ts';

const mailboxOf = (address: string) => canonicalMailbox(emailOf(address));

describe('canonicalMailbox', () => {
  it.each([
    ['tags', 'v+1@example.com', 'v@example.com'],
    ['repeated tags', 'v+a+b@example.com', 'v+c@example.com'],
    ['case', 'VAL@Example.COM', 'val@example.com'],
    ['case that has several small letters', 'ΝΙΚΟΣ@example.com', 'νικοσ@example.com'],
    ['case that changes the length', 'GROSS@example.com', 'groß@example.com'],
    ['dots at Gmail', 'v.a.l@gmail.com', 'val@gmail.com'],
    ['the two domains of Gmail', 'v.al+x@googlemail.com', 'val@gmail.com'],
    ['dots at Proton', 'v.al@proton.me', 'val@proton.me'],
    ['dots before the tag at Gmail', 'v.al+a.b@gmail.com', 'val@gmail.com'],
  ])('ignores %s', (_, one, other) => {
    expect(mailboxOf(one)).toBe(mailboxOf(other));
  });

  it.each([
    ['dots at other providers', 'v.al@example.com', 'val@example.com'],
    ['dots at a subdomain of Gmail', 'v.al@mail.gmail.com', 'val@mail.gmail.com'],
    ['the domains of Proton', 'val@proton.me', 'val@protonmail.com'],
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
});
