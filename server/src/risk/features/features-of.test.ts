import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { FEATURE_NAMES, type FeatureName } from './feature-table.ts';
import { featuresOf } from './features-of.ts';
import type { RiskBatch, RiskInvitation } from './risk-batch.ts';
import { DAY_MS, newSender, recordBatch, recordOutcome, type SenderHistory } from './sender-history.ts';

const NOON = 20_000 * DAY_MS + DAY_MS / 2;

/** `Ana Diaz <ana.diaz@example.com>` or an address alone. */
function invitationOf(text: string, contribution = 50_000): RiskInvitation {
  const [, name = null, address = text] = /^(.+) <(.+)>$/.exec(text) ?? [];
  return { email: emailOf(address), name, contribution };
}

function batchOf(texts: readonly string[], rest: Partial<RiskBatch> = {}): RiskBatch {
  const invitations = texts.map((text) => invitationOf(text));
  return { at: NOON, senderName: 'Ana Diaz', purpose: null, loanAmount: 2_000_000, invitations, ...rest };
}

function features(
  batch: RiskBatch,
  history: SenderHistory = newSender(NOON - DAY_MS),
  otherSenders = batch.invitations.map(() => 0),
) {
  return featuresOf(batch, history, { otherSenders });
}

const FRIENDS = [
  'Tom Reed <tom.reed@gmail.com>',
  'Mia Wong <miawong@yahoo.com>',
  'Lena Fischer <l.fischer@kanzlei-fischer.de>',
  'Omar Aziz <omar_az@outlook.com>',
  'Jo Kelly <jk@kelly.ie>',
  'Eva Novak <eva.novak@seznam.cz>',
];

describe('featuresOf', () => {
  it.each<[FeatureName, readonly string[]]>([
    ['numbered', ['v+1@x.example', 'v+2@x.example', 'v+3@x.example', 'v+4@x.example']],
    ['sameMailbox', ['jane.doe@gmail.com', 'janedoe@gmail.com', 'j.anedoe+x@googlemail.com', 'JaneDoe@gmail.com']],
    ['nearDuplicates', ['jane.doe@gmail.com', 'jane.does@gmail.com', 'jane.do@gmail.com', 'jane.doe@gmial.com']],
    ['oneDomain', ['ann@acme.example', 'bob@acme.example', 'cat@mail.acme.example', 'dan@acme.example']],
    ['distinctDomains', ['a@b.example', 'c@d.org', 'e@f.net', 'g@h.co.uk', 'i@j.co.uk']],
    ['disposable', ['a@mailinator.com', 'b@yopmail.com', 'c@guerrillamail.com']],
    ['gibberish', ['xkqzvtr@gmail.com', 'wrtplkjh@gmail.com', 'a7b2c9d1@gmail.com']],
    ['digits', ['12345678@qq.com', '87654321@qq.com']],
    ['roles', ['info@a.example', 'sales@b.example', 'admin@c.example']],
    ['sorted', ['adam@gmail.com', 'bea@gmail.com', 'carl@gmail.com', 'dora@gmail.com', 'emil@gmail.com', 'fred@gmail.com']],
    ['patternRepetition', ['abcd12@a.com', 'efgh34@b.com', 'ijkl56@c.com', 'mnop78@d.com', 'qrst90@e.com']],
    ['nameMismatch', ['Ana Diaz <wholesale99@a.com>', 'Ben Stein <mkt-lead@b.com>', 'Carla Ruiz <k.olsen@c.com>']],
    ['namePayload', ['PayPal Security <tom.reed@gmail.com>', 'Win at www.x.example <mia@yahoo.com>']],
    ['repeatedName', ['A Friend <a@gmail.com>', 'A Friend <b@gmail.com>', 'A Friend <c@gmail.com>']],
  ])('has more of %s for %j than for friends', (name, texts) => {
    const honest = features(batchOf(FRIENDS));
    expect(features(batchOf(texts))[name]).toBeGreaterThan(honest[name] + 0.1);
  });

  it('are the same where invitations are judged again, in the window of a later batch', () => {
    const earlier = batchOf(FRIENDS);
    const later = batchOf(['PayPal Security <info+1@mailinator.com>', 'Ana Diaz <xkqzvtr@gmail.com>']);
    const copy = { ...earlier, invitations: earlier.invitations.map((each) => ({ ...each })) };
    features(earlier);
    expect(features(later, recordBatch(newSender(0), earlier))).toEqual(features(later, recordBatch(newSender(0), copy)));
    const asOne = batchOf([...FRIENDS, 'PayPal Security <info+1@mailinator.com>']);
    expect(features({ ...asOne, invitations: [...earlier.invitations, ...later.invitations.slice(0, 1)] })).toEqual(
      features(asOne),
    );
  });

  it('has nothing suspicious in the addresses of friends', () => {
    const { numbered, sameMailbox, nearDuplicates, disposable, gibberish, roles, nameMismatch, namePayload } = features(
      batchOf(FRIENDS),
    );
    expect({ numbered, sameMailbox, nearDuplicates, disposable, gibberish, roles, nameMismatch, namePayload }).toEqual({
      numbered: 0,
      sameMailbox: 0,
      nearDuplicates: 0,
      disposable: 0,
      gibberish: 0,
      roles: 0,
      nameMismatch: 0,
      namePayload: 0,
    });
  });

  it('sees one victim spelled in many forms also where each is a batch', () => {
    const spellings = Array.from({ length: 12 }, (_, index) => `v+${index}@x.example`);
    const history = spellings.slice(1).reduce((before, text) => recordBatch(before, batchOf([text])), newSender(NOON));
    const together = features(batchOf(spellings), newSender(NOON));
    const last = features(batchOf(spellings.slice(0, 1)), history);
    expect(last.sameMailbox).toBe(together.sameMailbox);
    expect(last.dayVolume).toBe(together.dayVolume);
  });

  it('takes no guilt from public providers, relays, or names in other scripts', () => {
    const friends = features(batchOf(FRIENDS));
    const others = features(
      batchOf([
        'Анна Иванова <a.petrova@mail.ru>',
        '佐藤 ゆうこ <hanako@docomo.ne.jp>',
        'Tom Reed <x7k2m9q4@duck.com>',
        'Mia Wong <zq8r.w3k@privaterelay.appleid.com>',
      ]),
    );
    expect(others.nameMismatch).toBe(0);
    expect(others.gibberish).toBe(0);
    expect(others.oneDomain).toBe(0);
    expect(others.distinctDomains).toBeLessThan(friends.distinctDomains);
  });

  it('agrees on names with umlauts, initials, nicknames and other orders', () => {
    const texts = [
      'Jürgen Müller <juergen.mueller@web.de>',
      'Zoë Łukasz <zoelukasz@wp.pl>',
      'Jane Doe <jd@doe.example>',
      'Alexander Smith <alex85@gmail.com>',
      'Diaz, Ana <ana@gmail.com>',
    ];
    expect(features(batchOf(texts)).nameMismatch).toBe(0);
  });

  it('finds what poses as a company in the name of the sender, and links in the purpose', () => {
    expect(features(batchOf(FRIENDS, { senderName: 'PayPal Security' })).senderPayload).toBe(1);
    expect(features(batchOf(FRIENDS, { purpose: 'see https://x.example' })).senderPayload).toBe(1);
    expect(features(batchOf(FRIENDS, { purpose: 'payment of my PayPal bill' })).senderPayload).toBe(0);
  });

  it('rates a sender by what became of earlier invitations', () => {
    const sent = recordBatch(newSender(NOON - 9 * DAY_MS), batchOf(FRIENDS, { at: NOON - 9 * DAY_MS }));
    const liked = [1, 2, 3, 4].reduce((history) => recordOutcome(history, 'accepted'), sent);
    const disliked = recordOutcome(recordOutcome(recordOutcome(sent, 'optedOut'), 'bounced'), 'declined');
    const [good, bad] = [liked, disliked].map((history) => features(batchOf(FRIENDS), history));
    expect(good?.acceptanceRate).toBeGreaterThan(bad?.acceptanceRate ?? 1);
    for (const rate of ['optOutRate', 'bounceRate', 'declineRate'] as const) expect(bad?.[rate]).toBeGreaterThan(good?.[rate] ?? 1);
  });

  it('does not count it against a sender that nobody has answered invitations of today', () => {
    const history = recordBatch(newSender(NOON - 1000), batchOf(FRIENDS, { at: NOON - 1000 }));
    expect(features(batchOf(FRIENDS), history).acceptanceRate).toBe(0.3);
  });

  it('counts who else invites the same mailboxes', () => {
    const { sharedTargets, otherSenders } = features(batchOf(FRIENDS), undefined, [0, 7, 0, 1, 0, 0]);
    expect({ sharedTargets, otherSenders }).toEqual({ sharedTargets: 0.25, otherSenders: 3 });
  });

  it('has finite values for the smallest and the largest batch', () => {
    const many = Array.from({ length: 500 }, (_, index) => `Friend ${index} <friend${index}@host${index % 7}.example>`);
    for (const texts of [['a@b.example'], many]) {
      const values = features(batchOf(texts, { loanAmount: 1 }));
      expect(new Set(Object.keys(values))).toEqual(new Set(FEATURE_NAMES));
      expect(Object.values(values).filter((value) => !Number.isFinite(value))).toEqual([]);
    }
  });
});
