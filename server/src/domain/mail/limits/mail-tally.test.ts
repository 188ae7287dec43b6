import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from '../../../testing/app/domain-fixtures.ts';
import { type MailLimits, NO_MAIL_LIMITS } from './daily-limits.ts';
import { type MailCounts, MailTally } from './mail-tally.ts';
import { senderCountOn } from './sender-mail-count.ts';

const DAY = '2026-03-01';
const BORROWER = emailOf('bo@gmail.com');

function tallyOf(limits: Partial<MailLimits>, counts: Partial<MailCounts> = {}): MailTally {
  const unlimited = { paced: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY };
  const start = { sender: senderCountOn(DAY, undefined), network: 0, domainOf: () => 0, ...unlimited };
  return new MailTally({ ...NO_MAIL_LIMITS, ...limits }, { ...start, ...counts });
}

/** @returns for each address what held its mail back, or 'sent' */
function send(tally: MailTally, addresses: readonly string[], borrowerEmail = BORROWER): string[] {
  return addresses.map((address) => {
    const mail = { to: emailOf(address), borrowerEmail };
    const exceeded = tally.exceededBy(mail);
    if (exceeded === undefined) tally.count(mail);
    return exceeded ?? 'sent';
  });
}

const at = (domain: string, count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}@${domain}`);
const sentIn = (results: readonly string[]) => results.filter((result) => result === 'sent').length;

describe('MailTally', () => {
  it('holds back what exceeds the limit of the sender, from the mailings before on', () => {
    const sender = { period: DAY, count: 998, domains: {} };
    expect(send(tallyOf({ perSender: 1000 }, { sender }), at('gmail.com', 3))).toEqual(['sent', 'sent', 'sender']);
  });

  it('holds back what exceeds the pace of the sender, from the mailings before on', () => {
    const sender = { period: DAY, count: 23, domains: {} };
    expect(send(tallyOf({}, { sender, paced: 25 }), at('gmail.com', 3))).toEqual(['sent', 'sent', 'pace']);
  });

  it('holds back what exceeds the limit of the network', () => {
    expect(send(tallyOf({ perNetwork: 2000 }, { network: 1999 }), at('gmail.com', 2))).toEqual(['sent', 'network']);
  });

  it('does not limit by network where the request came from within', () => {
    expect(send(tallyOf({ perNetwork: 1 }, { network: undefined }), at('gmail.com', 3))).toEqual(['sent', 'sent', 'sent']);
  });

  it('holds back what exceeds the allowance of all', () => {
    expect(send(tallyOf({ inAll: 50 }, { left: 1 }), at('gmail.com', 2))).toEqual(['sent', 'all']);
  });

  it('limits nothing where all limits are 0', () => {
    expect(sentIn(send(tallyOf({}), at('acme.coop', 500)))).toBe(500);
  });

  it('sends one borrower’s mail to a domain up to half of its limit, so that nobody can use it up alone', () => {
    const results = send(tallyOf({ perDomain: 200 }), at('acme.coop', 300));
    expect([sentIn(results), new Set(results)]).toEqual([100, new Set(['sent', 'domain'])]);
  });

  it('counts all subdomains of a domain together', () => {
    expect(
      sentIn(
        send(
          tallyOf({ perDomain: 200 }),
          Array.from({ length: 300 }, (_, index) => `a@s${index}.acme.coop`),
        ),
      ),
    ).toBe(100);
  });

  it('holds back what exceeds the limit of a domain over all borrowers', () => {
    const tally = tallyOf({ perDomain: 200 }, { domainOf: () => 199 });
    expect(send(tally, at('acme.coop', 4))).toEqual(['sent', 'sent', 'sent', 'domain']); // the first two are not counted
    expect([...tally.domains]).toEqual([['acme.coop', 202]]);
    expect(send(tallyOf({ perDomain: 200 }, { domainOf: () => 200 }), at('acme.coop', 1))).toEqual(['domain']);
  });

  it('does not limit mail of a borrower to their own domain, at which they are verified', () => {
    const results = send(tallyOf({ perDomain: 200 }), at('staff.acme.coop', 300), emailOf('bo@acme.coop'));
    expect(sentIn(results)).toBe(300);
  });

  it('limits mail to a small domain of a borrower at a large one', () => {
    expect(sentIn(send(tallyOf({ perDomain: 200, largeDomains: new Set(['uni.edu']) }), at('uni.edu', 300)))).toBe(300);
    expect(sentIn(send(tallyOf({ perDomain: 200 }), at('uni.edu', 300)))).toBe(100);
  });

  it('writes no count for a domain that gets one or two mails, so that a family costs no more writes', () => {
    const tally = tallyOf({ perDomain: 200 });
    const family = ['ana@acme.coop', 'ben@acme.coop', 'cleo@other.coop', 'dan@gmail.com', 'eve@third.org'];
    expect(sentIn(send(tally, family))).toBe(5);
    expect(tally.domains.size).toBe(0);
    expect(sentIn(send(tally, ['fay@acme.coop']))).toBe(1);
    expect([...tally.domains]).toEqual([['acme.coop', 3]]);
  });

  it('exceeds the limit of a domain by two mails of each sender at most, however mails are divided', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 12 }), (senders) => {
        let domainCount = 0;
        let sent = 0;
        for (const mailings of senders) {
          let sender = senderCountOn(DAY, undefined);
          for (const size of mailings) {
            const tally = tallyOf({ perDomain: 40 }, { sender, domainOf: () => domainCount });
            sent += sentIn(send(tally, at('victim.coop', size)));
            sender = tally.sender ?? sender;
            domainCount = tally.domains.get('victim.coop') ?? domainCount;
          }
          expect(sender.count).toBeLessThanOrEqual(20);
        }
        expect(sent).toBeLessThanOrEqual(40 + 2 * senders.length);
        expect(domainCount).toBeLessThanOrEqual(42);
      }),
    );
  });
});
