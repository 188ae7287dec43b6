import { invalidFile } from './decode-file.ts';

/** Names of each column, in lower case, words separated by one space. The first is the API's own, and takes precedence. */
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
    'contribution amount',
    'contribution',
    'amount',
    'lender amount',
    'value',
    'sum',
    'betrag',
    'montant',
    'importe',
    'importo',
    'bedrag',
  ],
  name: ['name', 'full name', 'lender', 'lender name', 'vollständiger name', 'nom', 'nombre', 'naam'],
} as const;

/** Indexes of the columns in a row. */
export interface Columns {
  readonly email: number;
  readonly contribution_amount: number;
  readonly name: number | undefined;
  readonly count: number;
}

/** Characters of a column's name that are read. */
const NAME_LENGTH_MAX = 40;

/** @throws DomainError for a header without a required column, or with two of the same */
export function columnsOf(header: readonly string[]): Columns {
  const email = columnOf('email', header);
  const amount = columnOf('contribution_amount', header);
  if (email === undefined || amount === undefined) {
    const missing = [...(email === undefined ? ['email'] : []), ...(amount === undefined ? ['contribution_amount'] : [])];
    const found = header.map(shown).join(', ');
    throw invalidFile(
      `The first line must name the columns email and contribution_amount, separated by comma, semicolon or tab. It lacks ${missing.join(' and ')}; it has ${found.slice(0, 500)}.`,
    );
  }
  return { email, contribution_amount: amount, name: columnOf('name', header), count: header.length };
}

/** Indexes of the required columns that the header has; the first of several that could be meant. */
export function requiredColumnsIn(header: readonly string[]): {
  email: number | undefined;
  contribution_amount: number | undefined;
} {
  return { email: indexesOf('email', header)[0], contribution_amount: indexesOf('contribution_amount', header)[0] };
}

function columnOf(field: keyof typeof NAMES, header: readonly string[]): number | undefined {
  const [first, second] = indexesOf(field, header);
  if (first !== undefined && second !== undefined)
    throw invalidFile(
      `The columns ${shown(header[first])} and ${shown(header[second])} both are ${field}. Rename or remove one of them.`,
    );
  return first;
}

function indexesOf(field: keyof typeof NAMES, header: readonly string[]): number[] {
  const normalized = header.map((cell) => normalize(cell.trim().slice(0, NAME_LENGTH_MAX)));
  const [ownName] = NAMES[field];
  const names: readonly string[] = normalized.includes(ownName) ? [ownName] : NAMES[field];
  return normalized.flatMap((name, index) => (names.includes(name) ? [index] : []));
}

function shown(cell = ''): string {
  return `"${cell.trim().slice(0, NAME_LENGTH_MAX)}"`;
}

function normalize(cell: string): string {
  return cell
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}
