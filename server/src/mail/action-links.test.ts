import { describe, expect, it } from 'vitest';
import { fixedKeyRing } from '../storage/key-ring.ts';
import { DAY_MS, LOAN_ID, lenderIdFor, NOW } from '../testing/app/domain-fixtures.ts';
import { mailLinks } from './action-links.ts';

const key = Buffer.alloc(32, 1);
const links = mailLinks({ publicUrl: 'https://lending.example.org/app/', keys: fixedKeyRing(key) });
const rotated = mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 3), 7) });
const REF = { loanId: LOAN_ID, lenderId: lenderIdFor('ben'), round: 3 };
const BORROWER = { loanId: LOAN_ID, lenderId: null, round: 0 } as const;
const LAST = NOW + 60 * DAY_MS;

function tokenOf(link: string): string {
  return link.split(/#|token=/)[1] ?? '';
}

describe('mailLinks', () => {
  it('creates URLs below the public URL, with a token', async () => {
    expect(links.loan(LOAN_ID)).toBe(`https://lending.example.org/app/app/loans/${LOAN_ID}`);
    expect(rotated.answered(LOAN_ID)).toBe(`https://lending.example.org/app/invitations/${LOAN_ID}`);
    expect(links.invitation(REF, NOW)).toMatch(new RegExp(`^https://lending\\.example\\.org/app/invite/${LOAN_ID}#[\\w-]{88}$`));
    expect(links.optOut(REF, NOW)).toMatch(/^https:\/\/lending\.example\.org\/app\/mail\/opt-out#[\w-]{88}$/);
    expect(links.oneClick(REF, NOW)).toMatch(/^https:\/\/lending\.example\.org\/app\/mail\/opt-out\?token=[\w-]{88}$/);
  });

  it('opens a token for its use only', async () => {
    const invitation = tokenOf(links.invitation(REF, NOW));
    expect([await links.open(invitation, 'decline', NOW), await links.open(invitation, 'opt out', NOW)]).toEqual([REF, REF]);
    for (const link of [links.optOut(REF, NOW), links.oneClick(REF, NOW)]) {
      expect([await links.open(tokenOf(link), 'decline', NOW), await links.open(tokenOf(link), 'opt out', NOW)]).toEqual([
        undefined,
        REF,
      ]);
    }
  });

  it('allows a borrower to opt out, and not to decline', async () => {
    const token = tokenOf(links.optOut(BORROWER, NOW));
    expect([await links.open(token, 'decline', NOW), await links.open(token, 'opt out', NOW)]).toEqual([undefined, BORROWER]);
  });

  it('creates tokens that are valid for 60 days after the invitation expires, to the second', async () => {
    const token = tokenOf(links.invitation(REF, NOW));
    expect([await links.open(token, 'decline', LAST - 1), await links.open(token, 'decline', LAST)]).toEqual([REF, undefined]);
  });

  it.each([
    ['of the original key', links],
    ['of a later key', rotated],
  ])('rejects a token %s with any bit changed', async (_, links) => {
    const bytes = Buffer.from(tokenOf(links.invitation(REF, NOW)), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      const position = bit >> 3;
      forged.writeUInt8(forged.readUInt8(position) ^ (1 << (bit & 7)), position);
      expect(await links.open(forged.toString('base64url'), 'opt out', NOW), `bit ${bit}`).toBeUndefined();
    }
  });

  it('creates tokens with the version of a later key', async () => {
    const token = tokenOf(rotated.invitation(REF, NOW));
    expect(token).toMatch(/^AAAH[\w-]{88}$/);
    expect([await rotated.open(token, 'decline', NOW), await links.open(token, 'decline', NOW)]).toEqual([REF, undefined]);
    expect(await rotated.open(token.slice(4), 'decline', NOW)).toBeUndefined();
  });

  it('rejects a token with the version of the original key', async () => {
    const token = `AAAA${tokenOf(links.invitation(REF, NOW))}`;
    expect(await links.open(token, 'decline', NOW)).toBeUndefined();
  });

  it('rejects a token of another key', async () => {
    const other = mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 2)) });
    expect(await links.open(tokenOf(other.optOut(REF, NOW)), 'opt out', NOW)).toBeUndefined();
  });

  it('rejects any other spelling of a token', async () => {
    const token = tokenOf(links.optOut(REF, NOW));
    for (const spelling of [
      '',
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      token.replace(/^./, '+'),
      'é'.repeat(88),
    ]) {
      expect(await links.open(spelling, 'opt out', NOW)).toBeUndefined();
    }
  });
});
