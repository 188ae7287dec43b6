import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { emailOf, lenderOf } from '../../testing/app/domain-fixtures.ts';
import { ANAS_LOAN, BEN, CONTENTS, envelopeOf, LINKS, messageOf, SITE } from '../../testing/mail/mail-fixtures.ts';
import { mimeOf } from '../transports/mime.ts';
import { compose } from './compose-message.ts';
import type { EmailTemplateInput } from './email-templates.ts';
import { asHtml } from './render-html.ts';

const contents = Object.entries(CONTENTS);
const PARTS = [
  '',
  'Ana',
  '\r\n',
  '\r\nBcc: eve@evil.example',
  '<b>',
  '</td></tr>',
  '"',
  "'",
  '<a href="https://evil.example">',
  '\u202e',
  '\u2066',
];
const MORE = [
  '=?utf-8?q?=0D=0ABcc:_eve@evil.example?=',
  'https://evil.example',
  'evil.example',
  '🎉',
  'é',
  '&lt;',
  '`',
  ',',
  ';',
  'ש',
  '{{',
  '\0',
];
const hostileNames = fc.oneof(
  fc.array(fc.constantFrom(...PARTS, ...MORE), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
);
/** What an address may have left of its @, hostile as it can be. */
const hostileAddresses = fc
  .array(fc.constantFrom('a', '=?utf-8?q?x?=', "'", '`', '{', '|', '&amp', '#', '!', '%0d%0a', 'é', 'ש', '$', '+'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => emailOf(`${parts.join('')}@example.com`));

/** The tags of a page with the names of their attributes. */
function skeleton(html: string): string[] {
  return [...html.matchAll(/<(\/?[a-z!][\w-]*)((?:"[^"]*"|[^">])*)>/gi)].map(
    ([, tag, attributes = '']) => `${tag} ${[...attributes.matchAll(/\s([\w-]+)="/g)].map(([, name]) => name).join(' ')}`,
  );
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)].map(([link]) => link);
}

describe('a letter', () => {
  it.each(contents)('of each kind tells who and how much, in text and HTML, and where to turn it off: %s', (_, content) => {
    const { text, html, headers } = compose(content, envelopeOf());
    for (const told of [text, html]) {
      expect(told).toMatch(/5000\.00 USD/);
      expect(told).toContain(`${SITE}/mail/opt-out#`);
      expect(told).not.toContain('THE PURPOSE');
    }
    expect(headers).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Unsubscribe': expect.stringMatching(/^<https:\/\/lending\.example\.org\/app\/mail\/opt-out\?token=[\w-]{88}>$/),
      'X-Request-Id': 'request-1',
    });
  });

  it.each(contents)('says the same in text and in HTML, in one order: %s', (_, content) => {
    const { text, html } = compose(content, envelopeOf());
    const words = (told: string) =>
      told
        .replaceAll(/[-:]{2,}|https:\S+|:(?=\s)/g, ' ')
        .split(/\s+/)
        .filter(Boolean);
    const body = html
      .replace(/^.*<body/s, '<body')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll('&amp;', '&');
    expect(words(body).slice(2)).toEqual(words(text));
  });

  it.each<[string, string]>([
    ['invitation', 'ben@example.com'],
    ['reminder', 'ben@example.com'],
    ['accepted', 'ana@example.com'],
    ['declined', 'ana@example.com'],
    ['funded, to the borrower', 'ana@example.com'],
    ['funded, to a lender', 'ben@example.com'],
  ])('goes to one person: %s', (kind, to) => {
    const content = CONTENTS[kind];
    expect(content && compose(content, envelopeOf()).to).toBe(to);
  });

  it('of invitation says who asks by name and address, on what terms, and how to refuse', () => {
    const { text } = messageOf();
    for (const told of [
      ...['Ana Silva (ana@example.com)', '20000.00 USD', '4.5 % a year', '36 months', '30 March 2026, 09:15 UTC', 'To refuse:'],
      `${SITE}/invite/${ANAS_LOAN.loanId}#`,
    ]) {
      expect(text).toContain(told);
    }
  });

  it('bears links that open for whom it went to', () => {
    const { text } = messageOf();
    const { loanId, lenderId, round } = BEN;
    const [invitation = '', optOut = ''] = linksIn(text).map((link) => link.split('#')[1]);
    expect(LINKS.open(invitation, 'decline', BEN.expiresAt)).toEqual({ loanId, lenderId, round });
    expect(LINKS.open(optOut, 'opt out', BEN.expiresAt)).toEqual({ loanId, lenderId, round });
    expect(LINKS.open(optOut, 'decline', BEN.expiresAt)).toBeUndefined();
  });

  it('keeps its text to 72 columns, but for links', () => {
    for (const [, content] of contents) {
      const { text } = compose(content, envelopeOf());
      for (const line of text.split('\n')) if (!line.startsWith('https:')) expect(line.length).toBeLessThanOrEqual(72);
    }
  });

  it('wants an id that can stand in a Message-ID', () => {
    expect(messageOf({ letterId: 'a-1.b_2' }).messageId).toBe('<a-1.b_2@lending.example.org>');
    for (const letterId of ['', 'a b', 'a@b', 'a>b', 'a\r\nb', '.a']) expect(() => messageOf({ letterId })).toThrow(TypeError);
  });
});

describe('hostile names and addresses', () => {
  it('add no header, no reader, no element and no link', async () => {
    const plain = new Map(contents.map(([kind, content]) => [kind, compose(content, envelopeOf())]));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...contents),
        hostileNames,
        hostileNames,
        hostileAddresses,
        async ([kind, content], a, b, address) => {
          const loan = { ...content.loan, borrowerName: a, borrowerEmail: address };
          const lender = content.lender && { ...content.lender, name: b, email: address };
          const message = compose({ ...content, loan, lender } as EmailTemplateInput, envelopeOf());
          expect(skeleton(message.html)).toEqual(skeleton(plain.get(kind)?.html ?? ''));
          for (const link of [...linksIn(message.text), ...linksIn(message.html)]) expect(link.startsWith(`${SITE}/`)).toBe(true);
          expect(message.subject).toBe(plain.get(kind)?.subject);
          const bytes = await mimeOf(message);
          const mail = await PostalMime.parse(bytes);
          expect(mail.headers.map(({ key }) => key)).toEqual(
            (await PostalMime.parse(await mimeOf(messageOf()))).headers.map(({ key }) => key),
          );
          expect([mail.to?.map((to) => to.address), mail.cc, mail.bcc, mail.attachments]).toEqual([
            [address],
            undefined,
            undefined,
            [],
          ]);
          expect(
            bytes
              .toString('latin1')
              .split('\r\n')
              .every((line) => line.length <= 998),
          ).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('would be set as text even if they came through', () => {
    const evil = '</p><a href="https://evil.example">&amp;';
    const words = { subject: evil, heading: evil, opening: evil, link: evil, reason: evil, optOut: evil };
    const urls = { link: `${SITE}/"><b>`, optOut: `${SITE}/'` };
    const html = asHtml({ ...words, facts: [[evil, evil]], closing: [evil] }, urls);
    const harmless = asHtml(
      {
        ...words,
        subject: 'x',
        heading: 'x',
        opening: 'x',
        link: 'x',
        reason: 'x',
        optOut: 'x',
        facts: [['x', 'x']],
        closing: ['x'],
      },
      urls,
    );
    expect(skeleton(html)).toEqual(skeleton(harmless));
    expect(html).not.toContain('<b>');
  });

  it('stay out of the subject', () => {
    const { subject } = compose(
      { kind: 'accepted', loan: ANAS_LOAN, lender: lenderOf('eve', { name: 'Your bank' }) },
      envelopeOf(),
    );
    expect(subject).not.toMatch(/bank|eve|Ana/);
  });
});
