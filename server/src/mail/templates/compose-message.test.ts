import { LANGUAGES, type Language } from '@private-lending/locale/languages';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { parseInterestRate } from '../../domain/interest-rate.ts';
import type { Loan } from '../../domain/loan.ts';
import { emailOf, lenderOf, unitsOf } from '../../testing/app/domain-fixtures.ts';
import {
  ANAS_LOAN,
  BEN,
  CLOSED_LOAN,
  COMPLETE_LOAN,
  LINKS,
  messageOf,
  metadataOf,
  SITE,
  TEMPLATE_INPUTS,
} from '../../testing/mail/mail-fixtures.ts';
import { mimeOf } from '../transports/mime.ts';
import { composeMessage } from './compose-message.ts';
import type { EmailTemplateInput } from './email-templates.ts';
import { renderHtml } from './render-html.ts';

const inputs = LANGUAGES.flatMap((language) =>
  Object.entries(TEMPLATE_INPUTS).map(([kind, input]) => [`${kind}, ${language}`, input, language] as const),
);
const AMOUNTS: Readonly<Record<Language, string>> = { en: '5,000.00 USD', de: '5.000,00 USD' };
const HOSTILE_PARTS = [
  ...['', 'Ana', '\r\n', '\r\nBcc: eve@evil.example', '=?utf-8?q?=0D=0ABcc:_eve@evil.example?=', '<b>', '</td></tr>', '&lt;'],
  ...['<a href="https://evil.example">', 'https://evil.example', 'evil.example', '"', "'", '`', ',', ';', '{{', '\0'],
  ...['🎉', 'é', 'ש', '\u202e', '\u2066'],
];
const hostileNames = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE_PARTS), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
);
/** Addresses whose local part has characters that are special elsewhere. */
const hostileAddresses = fc
  .array(fc.constantFrom('a', '=?utf-8?q?x?=', "'", '`', '{', '|', '&amp', '#', '!', '%0d%0a', 'é', 'ש', '$', '+'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => emailOf(`${parts.join('')}@example.com`));

/** The tags of a page with their attribute names. */
function skeleton(html: string): string[] {
  return [...html.matchAll(/<(\/?[a-z!][\w-]*)((?:"[^"]*"|[^">])*)>/gi)].map(
    ([, tag, attributes = '']) => `${tag} ${[...attributes.matchAll(/\s([\w-]+)="/g)].map(([, name]) => name).join(' ')}`,
  );
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)].map(([link]) => link);
}

describe('composeMessage', () => {
  it.each(inputs)('has the amount and the opt-out links, in text and HTML, and not the purpose: %s', (_, input, language) => {
    const { text, html, headers } = composeMessage(input, metadataOf({ language }));
    for (const part of [text, html.join('')]) {
      expect(part).toContain(AMOUNTS[language]);
      expect(part).toContain(`${SITE}/mail/opt-out#`);
      expect(part).not.toContain('THE PURPOSE');
    }
    expect(headers).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Unsubscribe': expect.stringMatching(/^<https:\/\/lending\.example\.org\/app\/mail\/opt-out\?token=[\w-]{88}>$/),
      'X-Request-Id': 'request-1',
    });
  });

  it.each(inputs)('has the same words in text and HTML, in the same order: %s', (_, input, language) => {
    const { text, html } = composeMessage(input, metadataOf({ language }));
    const words = (part: string) =>
      part
        .replaceAll(/[-:]{2,}|https:\S+|:(?=\s)/g, ' ')
        .split(/\s+/)
        .filter(Boolean);
    const body = html
      .join('')
      .replace(/^.*<body/s, '<body')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll('&amp;', '&');
    expect(words(body).slice(2)).toEqual(words(text));
  });

  it.each(inputs)('names its language in HTML, and leaves no parameter empty: %s', (_, input, language) => {
    const { subject, text, html } = composeMessage(input, metadataOf({ language }));
    expect(html.join('')).toContain(`<html lang="${language}">`);
    expect(subject + text).not.toMatch(/[{}]/);
  });

  it.each(inputs)('goes to the given address only: %s', (_, input) => {
    const to = emailOf('newest@example.com');
    expect(composeMessage(input, metadataOf({ to })).to).toBe(to);
  });

  it.each(['invitation', 'changed', 'reminder'])('says to sign in with the address that it goes to: %s', (kind) => {
    const input = TEMPLATE_INPUTS[kind];
    expect(input && composeMessage(input, metadataOf({ to: emailOf('newest@example.com') })).text).toContain('newest@example.com');
  });

  it('names the new amount of a changed invitation, with a link to it', () => {
    const { subject, text } = composeMessage({ kind: 'changed', loan: ANAS_LOAN, lender: BEN }, metadataOf());
    expect(subject).toBe('Changed: you are now invited to lend 5,000.00 USD');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('they now ask you to lend 5,000.00 USD');
    expect(text).toContain(`${SITE}/invite/${ANAS_LOAN.loanId}#`);
  });

  it('invites with the borrower’s name and address, the terms, and how to decline', () => {
    const { text } = messageOf();
    for (const fact of [
      ...['Ana Silva (ana@example.com)', '20,000.00 USD', '4.5% a year', '36 months', '30 March 2026, 09:15 UTC', 'To decline:'],
      `${SITE}/invite/${ANAS_LOAN.loanId}#`,
    ]) {
      expect(text).toContain(fact);
    }
  });

  it('writes figures and dates as German does', () => {
    const { subject, text } = messageOf({ language: 'de' });
    expect(subject).toBe('Sie sind eingeladen, 5.000,00 USD zu verleihen');
    for (const fact of ['20.000,00 USD', '4,5\u00a0% im Jahr', '36 Monate', '30. März 2026, 09:15 Uhr UTC', 'Zum Ablehnen:']) {
      expect(text).toContain(fact);
    }
  });

  it.each<[Language, string, string]>([
    ['en', 'Hello Ben Okri,', 'Hello,'],
    ['de', 'Guten Tag Ben Okri,', 'Guten Tag,'],
  ])('greets a lender by the name that the borrower typed, if there is one that can be shown: %s', (language, named, nameless) => {
    const greetingTo = (name: string | null) => messageOf({ language }, lenderOf('ben', { name })).text.split('\n\n')[1];
    expect(greetingTo('Ben\r\nOkri')).toBe(named);
    for (const name of [null, '🎉', 'evil.example', 'Your Bank']) expect(greetingTo(name)).toBe(nameless);
  });

  it.each(['invitation', 'changed', 'reminder', 'funded, to a lender', 'closed, to a lender'])(
    'says what comes back to the lender: %s',
    (kind) => {
      const rowIn = (language: Language, terms: Partial<Loan> = {}) => {
        const input = TEMPLATE_INPUTS[kind] as EmailTemplateInput;
        const { text } = composeMessage(
          { ...input, loan: { ...input.loan, ...terms } } as EmailTemplateInput,
          metadataOf({ language }),
        );
        return /^(?:You get back|Sie bekommen zurück): +(.*)$/m.exec(text)?.[1];
      };
      expect(rowIn('en')).toBe('148.73 USD a month (148.90 USD in the last one), 5,354.45 USD in all'); // as on the invitation's page
      expect(rowIn('de')).toBe('148,73 USD im Monat (im letzten 148,90 USD), insgesamt 5.354,45 USD');
      const free = { interestRate: parseInterestRate(0) ?? ANAS_LOAN.interestRate, termMonths: 10 };
      expect(rowIn('en', free)).toBe('500.00 USD a month, 5,000.00 USD in all');
      expect(rowIn('en', { termMonths: 1 })).toBe('5,018.75 USD after one month');
    },
  );

  it.each(LANGUAGES)('writes the same to a lender, whether others of the loan were written to before or not: %s', (language) => {
    for (const input of Object.values(TEMPLATE_INPUTS)) {
      const lenders = [
        BEN,
        lenderOf('chloe', { name: 'Chloe Weiß' }),
        { ...BEN, contribution: unitsOf(123_456) },
        { ...BEN, expiresAt: BEN.expiresAt + 86_400_000 },
      ];
      for (const lender of lenders) {
        const textWith = (loan: Loan) => {
          const { subject, text, html } = composeMessage(
            { ...input, loan, lender } as EmailTemplateInput,
            metadataOf({ language, to: lender.email }),
          );
          return [subject, text, html.join('')];
        };
        expect(textWith(input.loan)).toEqual(textWith({ ...input.loan }));
      }
    }
  });

  it('says to no borrower that something comes back to them', () => {
    for (const { kind, lender, loan } of Object.values(TEMPLATE_INPUTS).filter((each) => each.kind === 'accepted' || !each.lender))
      expect(composeMessage({ kind, lender, loan } as EmailTemplateInput, metadataOf()).text).not.toContain('get back');
  });

  it('greets the borrower by their name', () => {
    expect(composeMessage({ kind: 'accepted', loan: ANAS_LOAN, lender: BEN }, metadataOf()).text).toContain(
      '\n\nHello Ana Silva,\n\n',
    );
  });

  it('has the figures of the console, in its words, for the borrower of an open loan', () => {
    const { text } = composeMessage({ kind: 'declined', loan: ANAS_LOAN, lender: BEN }, metadataOf());
    const facts = text.split('\n\n')[3]?.replaceAll(/ +/g, ' ').split('\n');
    expect(facts).toEqual([
      ...['Lender: Ben Okri (ben@example.com)', 'Amount: 5,000.00 USD', 'Accepted: 5,000.00 of 20,000.00 USD'],
      ...['Waiting for an answer: 10,000.00 USD', 'Free: 5,000.00 USD', 'The loan is: open'],
    ]);
  });

  it.each<'accepted' | 'declined'>(['accepted', 'declined'])(
    'says nothing of what can be done with a loan that has ended: %s',
    (kind) => {
      const { text } = composeMessage({ kind, loan: CLOSED_LOAN, lender: BEN }, metadataOf());
      expect(text).not.toMatch(/Waiting|Free|free again|withdraw/);
    },
  );

  it.each<[Language, string, string]>([
    ['en', 'closed at 5,000.00 of the 20,000.00 USD asked for', 'complete'],
    ['de', 'abgeschlossen, mit 5.000,00 der erbetenen 20.000,00 USD', 'finanziert'],
  ])(
    'says to borrower and lender that a loan was closed below its amount, and not that it is complete: %s',
    (language, closed, complete) => {
      for (const lender of [null, BEN]) {
        const [ofClosed, ofComplete] = [CLOSED_LOAN, COMPLETE_LOAN].map((loan) => {
          const { subject, text } = composeMessage({ kind: 'funded', loan, lender }, metadataOf({ language }));
          return `${subject}\n${text}`;
        });
        expect(ofClosed).toContain(closed);
        expect(ofClosed).not.toMatch(/complete|funded|vollständig|finanziert|zusammen/);
        expect(ofComplete).toContain(complete);
        expect(ofComplete).not.toMatch(/closed|abgeschlossen/);
      }
    },
  );

  it.each(inputs)('names the opt-out link by all that it stops: %s', (_, input, language) => {
    const label = { en: 'Stop all e-mail to me', de: 'Alle E-Mails an mich abbestellen' }[language];
    expect(composeMessage(input, metadataOf({ language })).text).toContain(`\n\n${label}:\n${SITE}/mail/opt-out#`);
  });

  it('says that a lender who had accepted has withdrawn', () => {
    const { subject, text } = composeMessage(TEMPLATE_INPUTS['withdrawn'] as EmailTemplateInput, metadataOf());
    expect(subject).toBe('Withdrawn: a lender will not lend 5,000.00 USD after all');
    expect(text).toContain('had accepted your invitation to lend 5,000.00 USD, and has withdrawn.');
    expect(text).not.toContain('eclined');
  });

  it.each([
    ['accepted', 'app/loans'],
    ['declined', 'app/loans'],
    ['withdrawn', 'app/loans'],
    ['funded, to the borrower', 'app/loans'],
    ['funded, to a lender', 'app/invitations'],
  ])('links to the loan itself, and has its id nowhere else: %s', (kind, page) => {
    const { text } = composeMessage(TEMPLATE_INPUTS[kind] as EmailTemplateInput, metadataOf());
    const url = `${SITE}/${page}/${ANAS_LOAN.loanId}`;
    expect(linksIn(text)).toContain(url);
    expect(text.replace(url, '')).not.toContain(ANAS_LOAN.loanId);
  });

  it('has links with tokens of the recipient', async () => {
    const { text } = messageOf();
    const { loanId, lenderId, round } = BEN;
    const [invitation = '', optOut = ''] = linksIn(text).map((link) => link.split('#')[1]);
    expect(await LINKS.open(invitation, 'decline', BEN.expiresAt)).toEqual({ loanId, lenderId, round });
    expect(await LINKS.open(optOut, 'opt out', BEN.expiresAt)).toEqual({ loanId, lenderId, round });
    expect(await LINKS.open(optOut, 'decline', BEN.expiresAt)).toBeUndefined();
  });

  it('rejects an id that is invalid in a Message-ID', () => {
    expect(messageOf({ mailId: 'a-1.b_2' }).messageId).toBe('<a-1.b_2@lending.example.org>');
    for (const mailId of ['', 'a b', 'a@b', 'a>b', 'a\r\nb', '.a']) expect(() => messageOf({ mailId })).toThrow(TypeError);
  });
});

describe('composeMessage with hostile names and addresses', () => {
  it('adds no header, recipient, element or link', async () => {
    const plain = new Map(inputs.map(([kind, input, language]) => [kind, composeMessage(input, metadataOf({ language }))]));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...inputs),
        hostileNames,
        hostileNames,
        hostileAddresses,
        async ([kind, input, language], borrowerName, name, borrowerEmail) => {
          const loan = { ...input.loan, borrowerName, borrowerEmail };
          const lender = input.lender && { ...input.lender, name, email: borrowerEmail };
          const message = composeMessage(
            { ...input, loan, lender } as EmailTemplateInput,
            metadataOf({ to: borrowerEmail, language }),
          );
          expect(skeleton(message.html.join(''))).toEqual(skeleton(plain.get(kind)?.html.join('') ?? ''));
          for (const link of [...linksIn(message.text), ...linksIn(message.html.join(''))])
            expect(link.startsWith(`${SITE}/`)).toBe(true);
          expect(message.subject).toBe(plain.get(kind)?.subject);
          const bytes = mimeOf(message);
          const mail = await PostalMime.parse(bytes);
          expect(mail.headers.map(({ key }) => key)).toEqual(
            (await PostalMime.parse(mimeOf(messageOf()))).headers.map(({ key }) => key),
          );
          expect([mail.to?.map((to) => to.address), mail.cc, mail.bcc, mail.attachments]).toEqual([
            [borrowerEmail],
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

  it('escapes every value in HTML', () => {
    const urls = { link: `${SITE}/"><b>`, optOut: `${SITE}/'` };
    const rendered = (text: string) => {
      const words = { subject: text, heading: text, greeting: text, opening: text, link: text, reason: text, optOut: text };
      return renderHtml({ ...words, language: 'en', facts: [[text, text]], closing: [text] }, urls).join('');
    };
    const html = rendered('</p><a href="https://evil.example">&amp;');
    expect(skeleton(html)).toEqual(skeleton(rendered('x')));
    expect(html).not.toContain('<b>');
  });

  it('has no name or address in the subject', () => {
    const { subject } = composeMessage(
      { kind: 'accepted', loan: ANAS_LOAN, lender: lenderOf('eve', { name: 'Your bank' }) },
      metadataOf(),
    );
    expect(subject).not.toMatch(/bank|eve|Ana/);
  });
});
