import { invalid } from '../../domain/errors.ts';

/* Which column of a file is which. */

/** Names that people give to a column, in lower case, words parted by one space. The first is the API's own, and comes before all others. */
const NAMES = {
  email: [
    'email',
    'e mail',
    'email address',
    'e mail address',
    'mail',
    'lender email',
    'emailadresse',
    'e mail adresse',
    'courriel',
    'correo',
  ],
  contribution_amount: [
    ...['contribution amount', 'contribution', 'amount', 'lender amount', 'value', 'sum'],
    ...['betrag', 'montant', 'importe', 'importo', 'bedrag'],
  ],
  name: ['name', 'full name', 'lender', 'lender name', 'vollständiger name', 'nom', 'nombre', 'naam'],
} as const;

type Field = keyof typeof NAMES;

/** Where in a row each field stands, from 0. */
export interface Columns {
  readonly email: number;
  readonly contribution_amount: number;
  readonly name: number | undefined;
  /** How many there are. */
  readonly count: number;
}

/** The most that a header may name. */
const COLUMNS_MAX = 100;

/** @throws DomainError where the header lacks what is needed, or names it twice */
export function columnsOf(header: readonly string[]): Columns {
  if (header.length > COLUMNS_MAX) throw refused(`The header has ${header.length} columns; at most ${COLUMNS_MAX} are read.`);
  const found = header.map((cell) =>
    cell
      .normalize('NFC')
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, ' '),
  );
  const email = place('email', found, header);
  const amount = place('contribution_amount', found, header);
  if (email === undefined || amount === undefined) {
    const missing = [...(email === undefined ? ['email'] : []), ...(amount === undefined ? ['contribution_amount'] : [])];
    const named = header.map((cell) => `"${cell.trim().slice(0, 40)}"`).join(', ');
    throw refused(
      `The first line must name the columns email and contribution_amount, parted by comma, semicolon or tab. It lacks ${missing.join(' and ')}; it has ${named.slice(0, 500)}.`,
    );
  }
  return { email, contribution_amount: amount, name: place('name', found, header), count: header.length };
}

function place(field: Field, found: readonly string[], header: readonly string[]): number | undefined {
  const own = found.filter((name) => name === NAMES[field][0]);
  const names: readonly string[] = own.length > 0 ? [NAMES[field][0]] : NAMES[field];
  const places = found.flatMap((name, at) => (names.includes(name) ? [at] : []));
  const [first, second] = places;
  if (first !== undefined && second !== undefined)
    throw refused(`The columns "${header[first]}" and "${header[second]}" both are ${field}. Rename or take out one of them.`);
  return first;
}

function refused(message: string) {
  return invalid([{ path: '', code: 'INVALID', message }]);
}
