import { parseCurrency } from '@private-lending/locale/currencies';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { found } from '../../testing/app/domain-fixtures.ts';
import { readLenderRows } from './read-lenders.ts';
import { csvText } from './write-csv.ts';

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const currencyOf = (code: string) => found(parseCurrency(code), code);

function read(file: string | Uint8Array, size = 65_536, code = 'USD') {
  return readLenderRows(inPieces(typeof file === 'string' ? Buffer.from(file) : file, size), currencyOf(code));
}

const rowsOf = async (file: string | Uint8Array, code = 'USD') => (await read(file, 65_536, code)).rows;
const emailsOf = async (file: string) => (await rowsOf(file)).map(({ email }) => email);
/** The DomainError that rejects a file, if any; other errors are thrown. */
const errorOf = async (file: string | Uint8Array, code = 'USD') =>
  read(file, 65_536, code).then(
    () => undefined,
    (error: unknown) => (error instanceof DomainError ? error : Promise.reject(error)),
  );

const ANN = { line: 2, email: 'ann@example.com', contribution_amount: '5000', name: 'Ann' };

describe('readLenderRows', () => {
  it.each([
    ['commas', 'email,contribution_amount,name\nann@example.com,5000,Ann\n'],
    ['semicolons', 'email;contribution_amount;name\nann@example.com;5000;Ann\n'],
    ['tabs', 'email\tcontribution_amount\tname\nann@example.com\t5000\tAnn\n'],
    ['a byte order mark', '\ufeffemail,contribution_amount,name\nann@example.com,5000,Ann\n'],
    ['Windows line endings', 'email,contribution_amount,name\r\nann@example.com,5000,Ann\r\n'],
    ['classic Mac line endings', 'email,contribution_amount,name\rann@example.com,5000,Ann\r'],
    ['no line ending after the last row', 'email,contribution_amount,name\nann@example.com,5000,Ann'],
    ['quoted cells', '"email","contribution_amount","name"\n"ann@example.com","5000","Ann"\n'],
    ['empty lines and rows at the end', 'email,contribution_amount,name\nann@example.com,5000,Ann\n\n,,\n  \n\n'],
    ['columns in another order', 'name,contribution_amount,email\nAnn,5000,ann@example.com\n'],
    ['columns with other names, in any case', 'E-Mail Address,AMOUNT, Full_Name \nann@example.com,5000,Ann\n'],
    ['columns in German', 'Name;Betrag;E-Mail\nAnn;5.000,00;ann@example.com\n'],
    ['unknown columns', 'id,email,phone,amount,name\n7,ann@example.com,123,5000,Ann\n'],
    [
      'unknown columns with long, accented and quoted cells',
      `note,email,amount,name,note\n${'n'.repeat(60_000)},ann@example.com,5000,Ann,"n${'\u0301'.repeat(40)} ""x"", y"\n`,
    ],
    ['more than a hundred columns', `${'x,'.repeat(200)}email,amount,name\n${'y,'.repeat(200)}ann@example.com,5000,Ann\n`],
    ['cells of unknown columns below the last row', 'id,email,amount,name\n7,ann@example.com,5000,Ann\n8,,,\n9\n'],
    ['commas in a header of semicolons', 'name;email;amount;Anmerkung (wann, wo, wie, was)\nAnn;ann@example.com;5000;a, b, c, d\n'],
    ['semicolons in a quoted name', 'email,"Betrag; brutto; netto; alles",amount,name\nann@example.com,"5;6",5000,Ann\n'],
    ['a second column with another name of the amount', 'amount,email,contribution_amount,name\n1,ann@example.com,5000,Ann\n'],
    ['spaces around cells', 'email,contribution_amount,name\n ann@example.com , 5000 , Ann \n'],
    ['spaces around quoted cells', 'email, contribution_amount, name\n"ann@example.com", "5000" , "Ann" \n'],
    ['spaces around quoted cells between tabs', 'email\tamount\tname\tnote\n"ann@example.com" \t "5000"\t "Ann"\t\n'],
    ['the end-of-file character of Windows', 'email,amount,name\r\nann@example.com,5000,Ann\r\n\x1a'],
    ['columns in Japanese', '氏名,メールアドレス,金額（＄）\nAnn,ann@example.com,"$5,000"\n'],
    ['columns in Russian', 'Имя;Электронная почта;Сумма\nAnn;ann@example.com;5 000,00\n'],
  ])('reads a file with %s', async (_, file) => {
    const [row, ...more] = await rowsOf(file);
    expect({ ...row, contribution_amount: row?.contribution_amount.replace(/\.00$/, '') }).toEqual(ANN);
    expect(more).toEqual([]);
  });

  it('counts lines right with line breaks, delimiters and quotes inside quotes', async () => {
    const file = 'email,amount,name\r\na@example.com,1,"Ann\r\nthe ""first"", of many"\r\n\r\nb@example.com,2,Ben\r\n';
    expect(await rowsOf(file)).toEqual([
      { line: 2, email: 'a@example.com', contribution_amount: '1', name: 'Ann\r\nthe "first", of many' },
      { line: 5, email: 'b@example.com', contribution_amount: '2', name: 'Ben' },
    ]);
  });

  it.each(['\n', '\r\n', '\r'])('reads a line sep=; above the header, and counts it as a line: %j', async (end) => {
    const file = ['sep=;', 'email;amount;note', 'ann@example.com;5000;a, b, c', ''].join(end);
    expect(await rowsOf(file)).toEqual([{ ...ANN, line: 3, name: null }]);
    expect(await rowsOf(`\ufeff${file}`)).toEqual([{ ...ANN, line: 3, name: null }]);
    expect((await errorOf(`${file}b@example.com;5;x"y`))?.message).toContain('In line 4,');
  });

  it('reports an unknown column under the header’s delimiter', async () => {
    expect((await errorOf('email,"Price (EUR, brutto; netto; alles)"\na@example.com,5\n'))?.message).toContain(
      'It lacks contribution_amount; it has "email", "Price (EUR, brutto; netto; alles)"',
    );
  });

  it('reads a file without a name column', async () => {
    expect(await rowsOf('email,amount\nann@example.com,5000\n')).toEqual([{ ...ANN, name: null }]);
  });

  it.each([
    ['a row with more cells than columns', 'a@example.com,5,000,Ann', 'has 4 cells under 3 columns', 'TOO_MANY_CELLS'],
    ['a row without an address', ',5000,Ann', 'has no email', 'EMAIL_MISSING'],
    ['a row that is too short', 'a@example.com', 'has no contribution_amount', 'AMOUNT_MISSING'],
    ['an amount with two readings', 'a@example.com,"173,900",Ann', 'may be 173900, or 173 and a fraction', 'AMOUNT_AMBIGUOUS'],
    [
      'a letter with many accents',
      `a@example.com,5000,n${'\u0301\u0316'.repeat(16)}`,
      'more than 30 accents on one letter',
      'TOO_MANY_ACCENTS',
    ],
    ['a cell beyond the header', ',,,Ann', 'has 4 cells under 3 columns', 'TOO_MANY_CELLS'],
    ['an endless cell', `a@example.com,5000,${'n'.repeat(1001)}`, 'more than 1000 characters', 'CELL_TOO_LONG'],
  ])('reports %s, and reads the other rows', async (_, row, message, reason) => {
    const [bad, good] = await rowsOf(`email,amount,name\n${row}\nann@example.com,5000,Ann\n`);
    expect(bad?.error).toEqual({ reason, message: expect.stringContaining(message) });
    expect(good).toEqual({ ...ANN, line: 3 });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['that is empty', '', 'The file is empty'],
    ['with a header only', 'email,amount\n', 'no rows below it'],
    ['without a required column', 'email,price\na@example.com,5\n', 'It lacks contribution_amount; it has "email", "price"'],
    ['without a header', 'a@example.com,5000\n', 'It lacks email and contribution_amount'],
    ['with a quote that is never closed', 'email,amount\na@example.com,"5\nb@example.com,6\n', 'never closed'],
    ['with text after a closing quote', 'email,amount,name\na@example.com,5,"Ann" B\n', 'In line 2, text follows'],
    ['with a quote inside a cell', 'email,amount,name\na@example.com,5,Ann "B"\n', 'In line 2, a quote is inside'],
    ['with a quote that is never closed above CRLF', 'email,amount,name\r\na@x.de,5,"Ann\r\nb@x.de,6,B\r\n', 'in line 2 or below'],
    [
      'with a quote that closes below',
      'email,amount,name\r\na@x.de,5,"Ann\r\nb@x.de,6,"B"\r\n',
      'In the row that begins in line 2 or below',
    ],
    [
      'with a quote above an endless row',
      `email,amount,note\r\na@x.de,5,"${'n\r\n'.repeat(30_000)}`,
      'A row near line 2 has more than',
    ],
    ['in UTF-16', Buffer.from('\ufeffemail,amount\na@example.com,5\n', 'utf16le'), 'not text in UTF-8'],
    ['in Latin-1', Buffer.from('email,amount,name\na@example.com,5,Zo\u00eb\n', 'latin1'), 'not text in UTF-8'],
    ['with NUL characters', 'email,amount\na@example.com,5\0\n', 'not text in UTF-8'],
    ['truncated inside a character', Buffer.from('email,amount,name\na@example.com,5,Zoë').subarray(0, -1), 'not text in UTF-8'],
    ['with an endless first line', 'x'.repeat(65_537), 'The first line has no end in the first 65536 characters'],
    ['with more than a hundred thousand blank rows', `email,amount\n${',\n'.repeat(100_000)}`, 'Remove the blank rows'],
    ['with an endless row', `email,amount,note\na@example.com,5,${'n'.repeat(65_537)}\n`, 'line 2 has more than 65536 bytes'],
  ])('rejects a file %s', async (_, file, message) => {
    expect(await errorOf(file)).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(message) });
  });

  it('prefers the API’s own name for a column, and rejects two other names for it', async () => {
    expect((await errorOf('mail,e-mail address,amount\na@example.com,b@example.com,5\n'))?.message).toContain(
      '"mail" and "e-mail address"',
    );
    expect(await emailsOf('mail,email,amount\na@example.com,b@example.com,5\n')).toEqual(['b@example.com']);
  });

  it.each<[string, string, string, string | null]>([
    [
      'Google Contacts',
      'First Name,Last Name,Notes,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Amount',
      'Ann,Berg,x,work,@,home,x@y.zz,5000',
      'Ann Berg',
    ],
    [
      'older Google Contacts',
      'Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Amount',
      'Ann Berg,Ann,Berg,work,@,x@y.zz,5000',
      'Ann Berg',
    ],
    [
      'Outlook',
      'First Name,Last Name,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Amount',
      'Ann,Berg,@,SMTP,x,x@y.zz,5000',
      'Ann Berg',
    ],
    ['Thunderbird', 'Display Name,Primary Email,Secondary Email,Amount', 'Ann Berg,@,x@y.zz,5000', 'Ann Berg'],
    ['Mailchimp', 'Email Address,First Name,Last Name,Address,MEMBER_RATING,Contribution', '@,Ann,Berg,x,2,5000', 'Ann Berg'],
    ['HubSpot', 'Record ID,First Name,Last Name,Email,Email Domain,Amount', '1,Ann,Berg,@,x,5000', 'Ann Berg'],
    ['Salesforce', '"FirstName","LastName","Contact: Email","Amount"', 'Ann,Berg,@,5000', 'Ann Berg'],
    [
      'Google Workspace',
      'First Name [Required],Last Name [Required],Email Address [Required],Amount [Required]',
      'Ann,Berg,@,5000',
      'Ann Berg',
    ],
    ['iCloud', 'First name,Last name,Home Email,Amount', 'Ann,Berg,@,5000', 'Ann Berg'],
    ['German files', 'Nachname;Vorname;E-Mail-Adresse;Betrag (EUR)', 'Berg;Ann;@;5000', 'Ann Berg'],
    ['German files with name and first name', 'Name;Vorname;E-Mail;Beitrag in €', 'Berg;Ann;@;5000', 'Ann Berg'],
    ['German files with notes', 'Vollständiger Name;E-Mail-Adresse *;Betrag (netto):', 'Ann Berg;@;5000', 'Ann Berg'],
    ['French files', 'Nom;Prénom;Adresse e-mail;Montant (€)', 'Berg;Ann;@;5000', 'Ann Berg'],
    ['Canadian French files', 'Nom complet;Adresse électronique;Montant EUR', 'Ann Berg;@;5000', 'Ann Berg'],
    ['Spanish files', 'Nombre;Apellidos;Correo electrónico;Importe [EUR]', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Italian files', 'Nome;Cognome;Indirizzo e-mail;Importo', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Portuguese files', 'Nome completo;Endereço de e-mail;Valor', 'Ann Berg;@;5000', 'Ann Berg'],
    ['Dutch files', 'Voornaam;Achternaam;E-mailadres;Bedrag', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Polish files', 'Imię i nazwisko;Adres e-mail;Kwota', 'Ann Berg;@;5000', 'Ann Berg'],
    ['Swedish files', 'Förnamn;Efternamn;E-postadress;Belopp', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Danish files', 'Navn;E-mailadresse;Beløb', 'Ann Berg;@;5000', 'Ann Berg'],
    ['Norwegian files', 'Fornavn;Etternavn;E-post;Beløp', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Finnish files', 'Etunimi;Sukunimi;Sähköposti;Määrä', 'Ann;Berg;@;5000', 'Ann Berg'],
    ['Czech files', 'Jméno;Příjmení;E-mailová adresa;Částka', 'Ann;Berg;@;5000', 'Ann Berg'],
    [
      'files with other spaces, hyphens and marks',
      '\u00a0E\u2011MAIL\u00a0ADDRESS * ,  contribution__AMOUNT:  ,\ufb01rst name*,LAST-NAME',
      '@,5000,Ann,Berg',
      'Ann Berg',
    ],
    ['files with decomposed accents', 'Correo electro\u0301nico;Montant;Pre\u0301nom', '@;5000;Ann', 'Ann'],
    ['code', 'emailAddress,amount_eur,firstName,lastName', '@,5000,Ann,Berg', 'Ann Berg'],
    ['files with the currency first', 'EUR amount,email', '5000,@', null],
  ])('reads the header of %s', async (_, header, cells, name) => {
    const row = cells.replace(/(?<![^,;])@(?![^,;])/, 'ann@example.com');
    expect(await rowsOf(`${header}\n${row}\n`, 'EUR')).toEqual([{ ...ANN, name }]);
  });

  it.each([
    ['first and last name', 'Last Name,First Name', 'Berg,Ann', 'Ann Berg'],
    ['first name only', 'First Name', 'Ann', 'Ann'],
    ['a blank last name', 'First Name,Surname', 'Ann, ', 'Ann'],
    ['a whole name beside its parts', 'First Name,Last Name,Name', 'a,b,Ann Berg', 'Ann Berg'],
    ['a name and a first name', 'Name,Vorname', 'Berg,Ann', 'Ann Berg'],
    ['a whole name and a first name', 'First Name,Name', 'Ann,Ann Berg', 'Ann Berg'],
    ['a name and a last name', 'Nombre,Apellidos', 'Ann,Berg', 'Ann Berg'],
    ['the API’s own column beside another', 'name,full name', 'Ann,x', 'Ann'],
  ])('reads the name from %s', async (_, header, cells, name) => {
    expect(await rowsOf(`email,amount,${header}\nann@example.com,5000,${cells}\n`)).toEqual([{ ...ANN, name }]);
  });

  it.each([
    ['Amount (EUR)', 'EUR'],
    ['Betrag (in €, netto)', 'EUR'],
    ['Amount [eur]', 'EUR'],
    ['amount_eur', 'EUR'],
    ['Amount in EUR', 'EUR'],
    ['contribution_amount (EUR)', 'EUR'],
    ['Amount (£)', '£ (GBP, EGP, FKP …)'],
  ])('rejects a file whose column %s is in another currency than the loan', async (title, found) => {
    const error = await errorOf(`email,"${title}"\na@example.com,5\n`);
    expect(error?.message).toBe(
      `In the header, the column "${title}" is in ${found}, but the loan is in USD. Convert the amounts to USD, and name the column contribution_amount.`,
    );
  });

  it.each([
    ['Amount (USD)', 'USD'],
    ['Amount ($)', 'CAD'],
    ['Amount (required)', 'USD'],
    ['Betrag (netto)', 'EUR'],
    ['Amount (all)', 'USD'],
    ['Amount (kr.)', 'DKK'],
    ['AMOUNT (JPY)*', 'JPY'],
  ])('reads the column %s for a loan in %s', async (title, code) => {
    expect(await rowsOf(`email,${title},name\nann@example.com,5000,Ann\n`, code)).toEqual([ANN]);
  });

  it('reads the column in the loan’s currency of several, and no column of types', async () => {
    const file = 'email,Amount (EUR),Amount (USD),Email (type),Amount (%)\nann@example.com,1,5000,work,2\n';
    expect(await rowsOf(file)).toEqual([{ ...ANN, name: null }]);
    expect((await rowsOf(file, 'EUR'))[0]?.contribution_amount).toBe('1');
    expect((await errorOf('email,Amount,Betrag\na@example.com,5,6\n'))?.message).toContain(
      'The columns "Amount" and "Betrag" both are contribution_amount. Rename or remove one of them.',
    );
    expect((await errorOf('Home Email,Work Email,Amount\na@example.com,b@example.com,5\n'))?.message).toContain('both are email');
  });

  it('reads amounts by the loan’s currency', async () => {
    const file = 'email,amount,name\nann@example.com,"5,000",Ann\n';
    expect(await rowsOf(file, 'JPY')).toEqual([ANN]);
    expect((await rowsOf(file))[0]?.error?.message).toContain('Write 5000 or 5.00.');
    expect(await rowsOf(file.replace('5,000', '$5,000'))).toEqual([ANN]);
  });

  it('reads back what was written, guards removed', async () => {
    const name = fc.string({
      unit: fc.constantFrom('A', 'n', ' ', '-', '=', '+', '@', ';', "'", ',', '"', '＝'),
      minLength: 1,
      maxLength: 9,
    });
    const email = fc.constantFrom(
      'ann@example.com',
      '-ann@example.com',
      '+ann@example.com',
      '=ann@example.com',
      "'ann@example.com",
    );
    const amount = fc.tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.constantFrom(['JPY', 0], ['USD', 2], ['BHD', 3], ['CLF', 4]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(email, name), { minLength: 1, maxLength: 5 }),
        amount,
        async (lenders, [units, [code, decimals]]) => {
          const text = (units / 10 ** Number(decimals)).toFixed(Number(decimals));
          const rows = lenders.map(([address, called], index) => [
            index + 1,
            address,
            text,
            called.trim(),
            '-0aZ_-9bcdefghijklmnop',
          ]);
          const file = csvText([['row', 'email', 'contribution_amount', 'name', 'lender_id'], ...rows]);
          expect((await rowsOf(file, String(code))).map((row) => [row.email, row.contribution_amount, row.name ?? ''])).toEqual(
            rows.map((cells) => cells.slice(1, 4)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names columns in an error by their first forty characters', async () => {
    const error = await errorOf(`mail,E${' '.repeat(60_000)}mail,e${'_'.repeat(30)}mail,amount\n`);
    expect(error?.message).toContain(`"mail" and "e${'_'.repeat(30)}mail"`);
    expect((await errorOf('x'.repeat(60_000)))?.message.length).toBeLessThan(300);
  });

  it('reads a first line of 65,000 bytes that arrives byte by byte', { timeout: 20_000 }, async () => {
    // A search from the start of the line for each byte would take minutes.
    const line = `email,amount${',x'.repeat(49)}${' '.repeat(64_890)}`;
    expect(await read(Buffer.from(`${line}\na@example.com,1\n`), 1)).toMatchObject({ rows: [{ line: 2, email: 'a@example.com' }] });
  });

  it('lets other requests run while it reads a file that is there already', async () => {
    let runs = 0;
    const reading = new AbortController();
    const run = (): void => {
      runs += 1;
      if (!reading.signal.aborted) setImmediate(run);
    };
    setImmediate(run);
    await read(`email,amount\n${'a@example.com,1\n'.repeat(10_000)}`);
    reading.abort();
    expect(runs).toBeGreaterThanOrEqual(15);
  });

  it('reads at most ten thousand rows', async () => {
    const file = (rows: number) => `email,amount\n${'a@example.com,1\n'.repeat(rows)}`;
    expect(await rowsOf(file(10_000))).toHaveLength(10_000);
    const error = await errorOf(file(10_001));
    expect(error?.details).toEqual([
      { path: '', code: 'TOO_MANY_LENDERS', message: expect.stringContaining('more than 10000 rows') },
    ]);
  });

  it('stops reading after four mebibytes', async () => {
    const head = 'email,amount,note\n';
    const row = `a@example.com,1,${'n'.repeat(483)}\n`;
    const whole = Buffer.from(head + row.repeat(9000)).subarray(0, 4 * 1024 * 1024);
    expect((await read(whole)).rows.length).toBeGreaterThan(8000);
    let chunks = 0;
    async function* endless() {
      for (; ; chunks += 1) yield whole.subarray(0, 65_536);
    }
    await expect(readLenderRows(endless(), currencyOf('USD'))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(chunks).toBe(64);
  });

  it('reads the same rows for every chunk size', async () => {
    const file = Buffer.from('\ufeffemail;betrag;name\r\na@example.com;1.234,56;"Zoë\r\n""Z"""\r\n\r\nb@example.com;7;Ben\r\n');
    const whole = await read(file);
    for (let size = 1; size < file.length; size += 1) expect(await read(file, size)).toEqual(whole);
  });

  it('returns different digests for files with different bytes', async () => {
    const digest = async (file: string) => (await read(file)).digest;
    expect(await digest('email,amount\na@example.com,1\n')).not.toBe(await digest('email,amount\r\na@example.com,1\r\n'));
  });

  it('throws nothing but DomainErrors for any input', async () => {
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
        await errorOf(Buffer.concat([Buffer.from(pieces.join('')), bytes]));
        await errorOf(`email,amount\n${pieces.join('')}`);
      }),
    );
  });
});
