import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSenderMail, type SenderMailCount, senderCountOn } from './sender-mail-count.ts';

const DAY = '2026-03-01';

function countAll(domains: readonly (string | undefined)[], start = senderCountOn(DAY, undefined)): SenderMailCount {
  return domains.reduce(countSenderMail, start);
}

describe('the count of a sender', () => {
  it('starts again at 0 on another day', () => {
    const stored = countAll(['acme.coop']);
    expect(senderCountOn(DAY, stored)).toEqual({ period: DAY, count: 1, domains: { 'acme.coop': 1 } });
    expect(senderCountOn('2026-03-02', stored)).toEqual({ period: '2026-03-02', count: 0, domains: {} });
  });

  it('keeps what else is stored of the sender', () => {
    const stored = { ...senderCountOn(DAY, undefined), accepted: 7 };
    expect(countSenderMail(senderCountOn('2026-03-02', stored), 'acme.coop')).toEqual({
      period: '2026-03-02',
      count: 1,
      domains: { 'acme.coop': 1 },
      accepted: 7,
    });
  });

  it('counts all mails, and those to domains that are counted by domain', () => {
    expect(countAll(['a.coop', undefined, 'a.coop', 'b.coop'])).toEqual({
      period: DAY,
      count: 4,
      domains: { 'a.coop': 2, 'b.coop': 1 },
    });
  });

  it('never counts a domain for less than it got, nor for much more, in 32 entries', () => {
    const names = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(names, (numbers) => {
        const sent = numbers.map((number) => `d${number}.coop`);
        const { count, domains } = countAll(sent);
        expect([count, Object.keys(domains).length <= 32]).toEqual([sent.length, true]);
        for (const [domain, counted] of Object.entries(domains)) {
          const got = sent.filter((each) => each === domain).length;
          expect(counted).toBeGreaterThanOrEqual(got);
          expect(counted).toBeLessThanOrEqual(got + sent.length / 32);
        }
      }),
    );
  });

  it('does not forget a target between decoys', () => {
    const decoys = Array.from({ length: 31 }, (_, index) => `decoy${index}.coop`);
    let sender = countAll([...decoys, ...decoys, ...decoys]);
    for (let round = 1; round <= 100; round += 1) {
      sender = countAll(['victim.coop', 'victim.coop'], sender);
      expect(sender.domains['victim.coop']).toBeGreaterThanOrEqual(2 * round);
      sender = countAll([`new${round}.coop`], sender);
    }
  });
});
