import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { featuresOf } from '../features/features-of.ts';
import type { RiskBatch } from '../features/risk-batch.ts';
import { DAY_MS, newSender } from '../features/sender-history.ts';
import json from './model.json' with { type: 'json' };
import { parseModel } from './risk-model.ts';
import { scoreOf } from './score-of.ts';

const model = parseModel(json);
const NOON = 20_000 * DAY_MS + DAY_MS / 2;

function scoreFor(invited: readonly (readonly [address: string, name: string | null])[], senderName = 'Ana Diaz') {
  const invitations = invited.map(([address, name], index) => ({
    email: emailOf(address),
    name,
    contribution: 40_000 + 5000 * (index % 3),
  }));
  const batch: RiskBatch = { at: NOON, senderName, purpose: null, loanAmount: 2_000_000, invitations };
  return scoreOf(model, featuresOf(batch, newSender(NOON - 3_600_000), { otherSenders: invitations.map(() => 0) }));
}

describe('the model of the program', () => {
  it('holds no first batch to friends', () => {
    const friends = [
      ['tom.reed@gmail.com', 'Tom Reed'],
      ['miawong88@yahoo.com', 'Mia Wong'],
      ['l.fischer@kanzlei-fischer.de', 'Lena Fischer'],
      ['omar_az@outlook.com', 'Omar'],
      ['eva.novak@seznam.cz', 'Eva Nováková'],
    ] as const;
    expect(scoreFor(friends).score).toBeLessThan(model.holdFrom);
  });

  it.each(['info@kelly.ie', 'x7k2m9q4@duck.com', 'someone@mailinator.com', 'loans+ana@kelly.ie'])(
    'holds no single invitation to %s',
    (address) => {
      expect(scoreFor([[address, null]]).score).toBeLessThan(model.holdFrom);
    },
  );

  it('holds twenty tags of one mailbox, and says so', () => {
    const { score, reasons } = scoreFor(Array.from({ length: 20 }, (_, index) => [`v+${index}@gmail.com`, 'Victor'] as const));
    expect(score).toBeGreaterThan(model.holdFrom);
    expect(reasons.map(({ label }) => label)).toContain('one mailbox spelled in several forms');
  });

  it('holds a company’s message in place of names', () => {
    const domains = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example', 'f.example'];
    const { score, reasons } = scoreFor(domains.map((domain) => [`info@${domain}`, 'PayPal Security: pay at paypa1.top'] as const));
    expect(score).toBeGreaterThan(model.holdFrom);
    expect(reasons.map(({ label }) => label)).toContain('a message in place of a name');
  });
});
