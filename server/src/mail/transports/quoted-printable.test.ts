import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { toQuotedPrintable } from './quoted-printable.ts';

async function decode(encoded: string): Promise<string | undefined> {
  const headers = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
  return (await PostalMime.parse(headers + encoded)).text;
}

/** What is special in the encoding, at the end of a line, for mail servers, or longer than a byte. */
const PARTS = [
  '=',
  '=3D',
  '=\n',
  '.',
  '..',
  '\n.\n',
  'From ',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  'é',
  '木',
  '🎉',
  '\0',
  '--=_alternatives',
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary', maxLength: 90 }), fc.string({ maxLength: 200 })))
  .map((parts) => parts.join(''));

describe('toQuotedPrintable', () => {
  it('is decoded to the same lines, and has printable ASCII in lines of at most 76 characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 4 }), async (pieces) => {
        const encoded = toQuotedPrintable(pieces);
        const text = pieces.map((piece) => piece.replaceAll(/\r\n?/g, '\n')).join('');
        expect(encoded).toMatch(/^(?:[ -~\t]{0,75}[!-~]?(?:\r\n|$))*$/);
        expect(encoded).not.toContain('=_');
        expect(await decode(`${encoded}\r\n`)).toBe(`${text}\n`);
      }),
    );
  });

  it('gives the same for a piece that it has encoded before, also after many others', () => {
    const text = 'a="ü" \n';
    expect(toQuotedPrintable([text])).toBe('a=3D"=C3=BC"=20\r\n');
    toQuotedPrintable(Array.from({ length: 2500 }, (_, piece) => `piece ${piece}`));
    for (let time = 1; time <= 2; time += 1) expect(toQuotedPrintable([text])).toBe('a=3D"=C3=BC"=20\r\n');
  });
});
