import type { Event, Lender } from '@private-lending/client';
import type { Language } from '@private-lending/locale/languages';
import { describe, expect, it } from 'vitest';
import { formatsOf } from '../../i18n/locale.ts';
import { loadTexts } from '../../i18n/texts.ts';
import { describeEntry } from './describe-entry.ts';

const LOAN = { amount: 20_000, currency: 'USD' };

function lender(email: string, amount: number, name?: string): Lender {
  const times = { invited_at: '2026-03-01T09:00:00Z', expires_at: '2026-03-31T09:00:00Z' };
  return { lender_id: email, email, contribution_amount: amount, status: 'pending', ...times, ...(name !== undefined && { name }) };
}

function eventOf(type: Event['type'], about: Lender | undefined, id = 'L.2.0'): Event {
  const loan = { total_invited: 0, total_accepted: 7000, remaining: 0, lender_count: 0, status: 'open', version: 2 } as const;
  const data = { loan, ...(about && { lender: about }) };
  return { event_id: id, type, loan_id: 'L', at: '2026-03-01T09:00:00Z', actor: 'borrower', data };
}

async function say(
  type: Event['type'],
  lenders: readonly Lender[],
  options: { language?: Language; isBorrower?: boolean; earlier?: readonly Event[] } = {},
) {
  const { language = 'en', isBorrower = true, earlier = [] } = options;
  const { t } = await loadTexts(language, 'loans');
  const common = { event_id: 'L.2.0', type, loan_id: 'L', at: '2026-03-01T09:00:00Z', actor: 'borrower' } as const;
  const events = (lenders.length > 0 ? lenders : [undefined]).map((each) => eventOf(type, each));
  const said = describeEntry(
    { ...formatsOf(language), t },
    { ...common, id: 'L.2.0', events },
    { loan: LOAN, isBorrower, events: earlier },
  );
  return said.replaceAll('\u00a0', ' ');
}

describe('describeEntry', () => {
  it('names those who were invited together, up to four of them', async () => {
    const four = [lender('a@x.org', 0.1, 'Ana'), lender('b@x.org', 0.2), lender('c@x.org', 1), lender('d@x.org', 1)];
    expect(await say('lender.invited', four)).toBe('You invited Ana, b@x.org, c@x.org and d@x.org to lend 2.30 USD in all.');
    const five = [...four, lender('e@x.org', 1)];
    expect(await say('lender.invited', five)).toBe('You invited Ana, b@x.org, c@x.org and 2 others to lend 3.30 USD in all.');
    expect(await say('lender.invited', four.slice(0, 1))).toBe('You invited Ana to lend 0.10 USD.');
  });

  it('isolates names that are written from right to left', async () => {
    expect(await say('lender.accepted', [lender('a@x.org', 5000, 'דינה')])).toBe('\u2068דינה\u2069 agreed to lend 5,000.00 USD.');
  });

  it('says the same to a lender from their side', async () => {
    const own = [lender('a@x.org', 5000)];
    expect(await say('lender.accepted', own, { isBorrower: false })).toBe('You agreed to lend 5,000.00 USD.');
    expect(await say('loan.closed', [], { isBorrower: false })).toBe(
      'The borrower closed the loan at 7,000.00 USD of 20,000.00 USD.',
    );
  });

  it('says that a lender who had accepted has withdrawn', async () => {
    const own = [lender('a@x.org', 5000, 'Ana')];
    const earlier = [eventOf('lender.invited', own[0], 'L.1.0'), eventOf('lender.accepted', own[0], 'L.1.1')];
    expect(await say('lender.declined', own, { earlier })).toBe('Ana has withdrawn: 5,000.00 USD is free again.');
    expect(await say('lender.declined', own, { earlier, isBorrower: false })).toBe(
      'You withdrew your acceptance to lend 5,000.00 USD.',
    );
    const again = [...earlier, eventOf('lender.invited', own[0], 'L.1.2')];
    expect(await say('lender.declined', own, { earlier: again })).toBe('Ana declined: 5,000.00 USD is free again.');
    const others = [eventOf('lender.accepted', lender('b@x.org', 1), 'L.1.3')];
    expect(await say('lender.declined', own, { earlier: [...again, ...others] })).toContain('Ana declined');
  });

  it('speaks German', async () => {
    const own = [lender('a@x.org', 5000, 'Ana')];
    expect(await say('lender.revoked', own, { language: 'de' })).toBe(
      'Sie haben die Einladung von Ana zurückgezogen: 5.000,00 USD sind wieder frei.',
    );
  });
});
