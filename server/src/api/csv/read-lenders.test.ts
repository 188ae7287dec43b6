import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { readLenderRows } from './read-lenders.ts';

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function read(file: string | Uint8Array, size = 65_536) {
  return readLenderRows(inPieces(typeof file === 'string' ? Buffer.from(file) : file, size));
}

const rowsOf = async (file: string | Uint8Array) => (await read(file)).rows;
const emailsOf = async (file: string) => (await rowsOf(file)).map(({ email }) => email);
const refusalOf = async (file: string | Uint8Array) =>
  read(file).then(
    () => undefined,
    (refusal: unknown) => (refusal instanceof DomainError ? refusal : Promise.reject(refusal)),
  );

const ANN = { line: 2, email: 'ann@example.com', contribution_amount: '5000', name: 'Ann' };

describe('a file of lenders', () => {
  it.each([
    ['commas', 'email,contribution_amount,name\nann@example.com,5000,Ann\n'],
    ['semicolons', 'email;contribution_amount;name\nann@example.com;5000;Ann\n'],
    ['tabs', 'email\tcontribution_amount\tname\nann@example.com\t5000\tAnn\n'],
    ['a byte order mark', '\ufeffemail,contribution_amount,name\nann@example.com,5000,Ann\n'],
    ['line ends of Windows', 'email,contribution_amount,name\r\nann@example.com,5000,Ann\r\n'],
    ['line ends of an old Mac', 'email,contribution_amount,name\rann@example.com,5000,Ann\r'],
    ['no line end at its end', 'email,contribution_amount,name\nann@example.com,5000,Ann'],
    ['quotes', '"email","contribution_amount","name"\n"ann@example.com","5000","Ann"\n'],
    ['empty lines and rows at its end', 'email,contribution_amount,name\nann@example.com,5000,Ann\n\n,,\n  \n\n'],
    ['columns in another order', 'name,contribution_amount,email\nAnn,5000,ann@example.com\n'],
    ['columns by other names, in any case', 'E-Mail Address,AMOUNT, Full_Name \nann@example.com,5000,Ann\n'],
    ['columns in German', 'Name;Betrag;E-Mail\nAnn;5.000,00;ann@example.com\n'],
    ['columns that nobody asked for', 'id,email,phone,amount,name\n7,ann@example.com,123,5000,Ann\n'],
    [
      'a column whose name another one has too, in other words',
      'amount,email,contribution_amount,name\n1,ann@example.com,5000,Ann\n',
    ],
    ['space about its cells', 'email,contribution_amount,name\n ann@example.com , 5000 , Ann \n'],
  ])('may have %s', async (_, file) => {
    const [row, ...more] = await rowsOf(file);
    expect({ ...row, contribution_amount: row?.contribution_amount.replace(/\.00$/, '') }).toEqual(ANN);
    expect(more).toEqual([]);
  });

  it('may have line breaks, delimiters and quotes inside of quotes, and counts its lines all the same', async () => {
    const file = 'email,amount,name\r\na@example.com,1,"Ann\r\nthe ""first"", of many"\r\n\r\nb@example.com,2,Ben\r\n';
    expect(await rowsOf(file)).toEqual([
      { line: 2, email: 'a@example.com', contribution_amount: '1', name: 'Ann\r\nthe "first", of many' },
      { line: 5, email: 'b@example.com', contribution_amount: '2', name: 'Ben' },
    ]);
  });

  it('may have no names', async () => {
    expect(await rowsOf('email,amount\nann@example.com,5000\n')).toEqual([{ ...ANN, name: null }]);
  });

  it.each([
    ['a row with more cells than columns', 'a@example.com,5,000,Ann', 'has 4 cells under 3 columns'],
    ['a row without an address', ',5000,Ann', 'has no email'],
    ['a row that is too short', 'a@example.com', 'has no contribution_amount'],
    ['an amount with two readings', 'a@example.com,"173,900",Ann', 'may be 173900, or 173 and a fraction'],
    ['an endless cell', `a@example.com,5000,${'n'.repeat(1001)}`, 'more than 1000 characters'],
  ])('tells of %s, and reads the others', async (_, row, told) => {
    const [bad, good] = await rowsOf(`email,amount,name\n${row}\nann@example.com,5000,Ann\n`);
    expect(bad?.error?.message).toContain(told);
    expect(good).toEqual({ ...ANN, line: 3 });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'The file is empty'],
    ['a header alone', 'email,amount\n', 'no rows below it'],
    ['without a column that is needed', 'email,price\na@example.com,5\n', 'It lacks contribution_amount; it has "email", "price"'],
    ['without a header', 'a@example.com,5000\n', 'It lacks email and contribution_amount'],
    ['with a quote that is never closed', 'email,amount\na@example.com,"5\nb@example.com,6\n', 'never closed'],
    ['with text behind a closing quote', 'email,amount,name\na@example.com,5,"Ann" B\n', 'In line 2, text goes on'],
    ['with a quote inside of a cell', 'email,amount,name\na@example.com,5,Ann "B"\n', 'In line 2, a quote stands inside'],
    ['in UTF-16', Buffer.from('\ufeffemail,amount\na@example.com,5\n', 'utf16le'), 'not text in UTF-8'],
    ['in an old encoding', Buffer.from('email,amount,name\na@example.com,5,Zo\u00eb\n', 'latin1'), 'not text in UTF-8'],
    ['with zeros in it', 'email,amount\na@example.com,5\0\n', 'not text in UTF-8'],
    ['cut off inside of a character', Buffer.from('email,amount,name\na@example.com,5,Zoë').subarray(0, -1), 'not text in UTF-8'],
    ['with a hundred and one columns', `${'x,'.repeat(99)}email,amount\na\n`, 'at most 100'],
  ])('that is %s is refused whole', async (_, file, told) => {
    const refusal = await refusalOf(file);
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(told) });
  });

  it('of one of two equal columns takes the first name for it, or refuses both', async () => {
    expect((await refusalOf('mail,e-mail address,amount\na@example.com,b@example.com,5\n'))?.message).toContain(
      '"mail" and "e-mail address"',
    );
    expect(await emailsOf('mail,email,amount\na@example.com,b@example.com,5\n')).toEqual(['b@example.com']);
  });

  it('has at most ten thousand rows', async () => {
    const file = (rows: number) => `email,amount\n${'a@example.com,1\n'.repeat(rows)}`;
    expect(await rowsOf(file(10_000))).toHaveLength(10_000);
    const refusal = await refusalOf(file(10_001));
    expect(refusal?.details).toEqual([
      { path: '', code: 'TOO_MANY_LENDERS', message: expect.stringContaining('more than 10000 rows') },
    ]);
  });

  it('has at most four mebibytes, and is read no further', async () => {
    const head = 'email,amount,note\n';
    const row = `a@example.com,1,${'n'.repeat(483)}\n`;
    const whole = Buffer.from(head + row.repeat(9000)).subarray(0, 4 * 1024 * 1024);
    expect((await read(whole)).rows.length).toBeGreaterThan(8000);
    let context = 0;
    async function* endless() {
      for (; ; context += 1) yield whole.subarray(0, 65_536);
    }
    await expect(readLenderRows(endless())).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(context).toBe(64);
  });

  it('is read the same whatever pieces it comes in', async () => {
    const file = Buffer.from('\ufeffemail;betrag;name\r\na@example.com;1.234,56;"Zoë\r\n""Z"""\r\n\r\nb@example.com;7;Ben\r\n');
    const whole = await read(file);
    for (let size = 1; size < file.length; size += 1) expect(await read(file, size)).toEqual(whole);
  });

  it('is told from others by its bytes', async () => {
    const digest = async (file: string) => (await read(file)).digest;
    expect(await digest('email,amount\na@example.com,1\n')).not.toBe(await digest('email,amount\r\na@example.com,1\r\n'));
  });

  it('never fails but with a refusal, whatever it is', async () => {
    const piece = fc.constantFrom(
      'email',
      'amount',
      ',',
      ';',
      '"',
      '\n',
      '\r\n',
      'a@example.com',
      '5',
      '1,000',
      '=1',
      'é',
      '\ufeff',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), fc.uint8Array({ maxLength: 8 }), async (pieces, bytes) => {
        await refusalOf(Buffer.concat([Buffer.from(pieces.join('')), bytes]));
        await refusalOf(`email,amount\n${pieces.join('')}`);
      }),
    );
  });
});
