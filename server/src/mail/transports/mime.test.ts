import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { emailOf, lenderOf } from '../../testing/app/domain-fixtures.ts';
import { ANAS_LOAN, messageOf, metadataOf, TEMPLATE_INPUTS } from '../../testing/mail/mail-fixtures.ts';
import { composeMessage } from '../templates/compose-message.ts';
import { toFlowed } from './format-flowed.ts';
import { mimeOf } from './mime.ts';

/** Decodes a flowed text as receivers do: RFC 3676 section 4, DelSp. */
function fromFlowed(text: string): string {
  let decoded = '';
  for (const stuffed of text.split('\n')) {
    const line = stuffed.startsWith(' ') ? stuffed.slice(1) : stuffed;
    decoded += line.endsWith(' ') ? line.slice(0, -1) : `${line}\n`;
  }
  return decoded.slice(0, -1);
}

const words = fc.oneof(
  fc.constantFrom(
    'From',
    '>',
    '>>',
    '--',
    '',
    'a',
    'https://lending.example.org/app/mail/opt-out#AQGcsvAAAHAAgAAAAAAAAAF',
    '木村花子',
    '🎉',
  ),
  fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }).map((text) => text.replaceAll(/\s/g, '')),
);
const paragraphs = fc.array(words, { maxLength: 30 }).map((list) => list.join(' ').trimEnd());

describe('toFlowed', () => {
  it('is joined to the same paragraphs by receivers, and breaks no word', () => {
    fc.assert(
      fc.property(fc.array(paragraphs, { minLength: 1, maxLength: 5 }), (list) => {
        const text = list.join('\n');
        const flowed = toFlowed(text);
        expect(fromFlowed(flowed)).toBe(text);
        for (const line of flowed.split('\n')) {
          if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(78);
          expect(line).not.toMatch(/^(?:From |>)/);
        }
        const wordsOf = (some: string) => some.split(/\s+/).filter((word) => word !== '');
        expect(wordsOf(flowed)).toEqual(wordsOf(text));
      }),
    );
  });
});

describe('mimeOf', () => {
  const kinds = Object.entries(TEMPLATE_INPUTS);

  it.each(kinds)('has lines of at most 78 characters, and flowed text that is read as composed: %s', async (_, input) => {
    const longest = emailOf(`${'a'.repeat(60)}@${'long-domain.'.repeat(14)}example`);
    const message = composeMessage(
      { ...input, loan: { ...input.loan, borrowerEmail: longest, borrowerName: '木村 花子' } },
      metadataOf(),
    );
    const raw = mimeOf(message).toString('latin1');
    expect(raw).toContain('Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n');
    const [headers = '', ...body] = raw.split('\r\n\r\n');
    const lengths = (part: string) => part.split('\r\n').map((line) => line.length);
    expect(Math.max(...lengths(body.join('\r\n\r\n')))).toBeLessThanOrEqual(78);
    expect(Math.max(...lengths(headers))).toBeLessThanOrEqual(998); // an address and a URL can't be folded
    expect((await PostalMime.parse(raw)).text?.trimEnd()).toBe(message.text.trimEnd());
  });

  it('keeps a long URL whole', async () => {
    const { text } = await PostalMime.parse(mimeOf(messageOf()));
    const { text: composed } = messageOf();
    const urls = (from = '') => from.match(/https:\S+/g);
    expect([urls(text), urls(text)?.length]).toEqual([urls(composed), 2]);
  });

  it.each(['Ünsal 🎉👩‍👩‍👧 '.repeat(5), '木村花子'.repeat(18), 'Ана Петрова '.repeat(6), 'שרה'.repeat(20)])(
    'encodes the sender’s name in words of at most 75 bytes that split no character: %s',
    async (name) => {
      const from = { name: name.trim(), address: emailOf('mail@lending.example.org') };
      const raw = mimeOf(messageOf({ from })).toString('latin1');
      const encoded = raw.match(/=\?[^?]+\?[bq]\?[^?]*\?=/gi) ?? [];
      expect(encoded.length).toBeGreaterThan(1);
      const decoder = new TextDecoder('utf-8', { fatal: true });
      for (const word of encoded) {
        expect(word.length).toBeLessThanOrEqual(75);
        const [, , kind = '', content = ''] = word.split('?');
        const bytes = kind.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : fromQ(content);
        expect(() => decoder.decode(bytes)).not.toThrow();
      }
      expect((await PostalMime.parse(raw)).from?.name).toBe(from.name);
    },
  );

  it.each([
    'x\r\nBcc: eve@evil.example',
    'x\n\n<b>body</b>',
    'Ünsal\r\n.\r\n',
    '=?utf-8?q?=0D=0ABcc:_eve@evil.example?=',
    '"Ana" <eve@evil.example>, b',
    `${'word '.repeat(60)}${'é'.repeat(60)}`,
  ])('adds no header, recipient or line break for a hostile subject and sender: %j', async (hostile) => {
    const plain = messageOf();
    const raw = mimeOf({ ...plain, subject: hostile, from: { ...plain.from, name: hostile } });
    const mail = await PostalMime.parse(raw);
    const keys = async (of: Buffer) => (await PostalMime.parse(of)).headers.map(({ key }) => key);
    expect(mail.headers.map(({ key }) => key)).toEqual(await keys(mimeOf(plain)));
    expect([mail.from?.address, mail.to?.map(({ address }) => address)]).toEqual(['mail@lending.example.org', ['ben@example.com']]);
    expect([mail.text, mail.html]).toEqual([`${plain.text}\n`, `${plain.html.join('')}\n`]);
    const [headers = ''] = raw.toString('latin1').split('\r\n\r\n');
    const others = headers.split('\r\n').filter((line) => !line.startsWith(' <https:')); // a URL can't be folded
    expect(Math.max(...others.map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  it('separates its parts by what neither has in it', async () => {
    const boundary = /boundary="([^"]+)"/.exec(mimeOf(messageOf()).toString())?.[1];
    const text = `--${boundary}\n--${boundary}--\n`;
    const mail = await PostalMime.parse(mimeOf({ ...messageOf(), text, html: [text] }));
    expect([mail.text, mail.html]).toEqual([`${text}\n`, `${text}\n`]);
  });

  it('is the same for the same message', () => {
    expect(mimeOf(messageOf()).equals(mimeOf(messageOf()))).toBe(true);
  });

  it('encodes what is not ASCII in every header', async () => {
    const lender = lenderOf('ben', { name: '🎉 Ben' });
    const message = composeMessage({ kind: 'accepted', loan: ANAS_LOAN, lender }, metadataOf());
    const [headers = ''] = mimeOf(message).toString('latin1').split('\r\n\r\n');
    expect(headers).toMatch(/^[\r\n\x20-\x7e]*$/);
  });
});

function fromQ(content: string): Buffer {
  const text = content
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}
