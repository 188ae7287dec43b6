import { currenciesNamed } from './currency-signs.ts';

/**
 * Names of each column as people and exports write them: without accents, in lower case. Spaces are for reading: they are not
 * compared. The first is the API's own, and takes precedence.
 */
const NAMES = {
  email: [
    'email',
    'mail',
    'email address, mail address, email id, lender email, contact email, primary email, email primary', // Mailchimp, Outlook, HubSpot
    'home email, work email, personal email, business email',
    'email 1, email 1 value, email 1 address', // Google Contacts
    'e mail adresse, mail adresse, e post, epost adress, epost adresse', // de, da, no, sv
    'courriel, adresse email, adresse mail, adresse courriel, adresse de courriel, adresse electronique, adresse de messagerie', // fr
    'correo, correo electronico, direccion de correo, direccion de correo electronico, direccion de email', // es
    'indirizzo email, indirizzo mail, indirizzo e mail, posta elettronica, indirizzo di posta elettronica', // it
    'endereco de email, correio eletronico, correio electronico, endereco eletronico', // pt
    'e mail adres, mail adres', // nl
    'adres email, adres mailowy, poczta elektroniczna', // pl
    'sahkoposti, sahkoposti osoite', // fi
    'emailova adresa, adresa emailu, adresa email', // cs, sk
    'e posta, e posta adresi, email cim, adresa de email', // tr, hu, ro
  ],
  contribution_amount: [
    'contribution amount',
    'contribution, amount, lender amount, value, sum, pledge, pledged amount, investment amount',
    'betrag, beitrag, summe, darlehensbetrag', // de
    'montant, somme, montant de la contribution', // fr
    'importe, monto, cantidad, contribucion, aporte, aportacion', // es
    'importo, somma, contributo', // it
    'valor, montante, quantia, contribuicao', // pt
    'bedrag, bijdrage', // nl
    'kwota, wklad', // pl
    'belopp, belob, belop, bidrag', // sv, da, no
    'summa, maara, osuus', // fi
    'castka, prispevek, suma, ciastka', // cs, sk
    'tutar, osszeg', // tr, hu
  ],
  name: [
    'name',
    'full name, lender, lender name, contact name, display name',
    'vollstandiger name, nom, nom complet, nombre, nombre completo, nome, nome completo, nome e cognome',
    'naam, volledige naam, imie i nazwisko, namn, navn, fullt namn, fulde navn, fullt navn, nimi, koko nimi, jmeno',
    'cele jmeno, jmeno a prijmeni, meno a priezvisko, ad soyad',
  ],
  first_name: [
    'first name',
    'given name, forename',
    'vorname, prenom, nombre de pila, nombres, primeiro nome, voornaam, imie, fornamn, fornavn, etunimi, krestni jmeno, meno',
  ],
  last_name: [
    'last name',
    'family name, surname',
    'nachname, familienname, nom de famille, apellido, apellidos, cognome, sobrenome, apelido, achternaam, nazwisko',
    'efternamn, efternavn, etternavn, sukunimi, prijmeni, priezvisko, soyad',
  ],
} as const;

export type ColumnName = keyof typeof NAMES;

const isColumnName = (name: string): name is ColumnName => name in NAMES;

/** By name, without spaces. */
const columnsByName: ReadonlyMap<string, ColumnName> = new Map(
  Object.keys(NAMES)
    .filter(isColumnName)
    .flatMap((column) =>
      NAMES[column].flatMap((line) => line.split(',').map((name): [string, ColumnName] => [name.replaceAll(' ', ''), column])),
    ),
);

/** A cell of the header that names a column of the file. */
export interface ColumnTitle {
  readonly column: ColumnName;
  /** Whether it is the API's own name, and nothing else. */
  readonly isOwn: boolean;
  /** A currency in it, as written, and the ISO 4217 codes that it may mean. */
  readonly currency: { readonly text: string; readonly codes: readonly string[] } | undefined;
}

/** Characters of a title that are read, and of the shortest name. */
const LENGTH_MAX = 100;
const NAME_LENGTH_MIN = 3;
/** A name, and what is in brackets behind it. */
const PARTS = /^([^([{]*)(?:[([{]([^)\]}]*)[)\]}][^\p{L}\p{N}\p{Sc}]*)?$/u;
const ASCII = /^[ -~]*$/;
/** Letters that are not a letter with an accent to Unicode. */
const LETTERS: Readonly<Record<string, string>> = { ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', ß: 'ss', đ: 'd', ð: 'd', ı: 'i' };
/** In brackets behind the name, of columns that are about an address or an amount. */
const ABOUT = new Set(['type', 'label', 'status', 'verified', 'valid', 'opt in', 'count', '%']);
/** Codes of currencies that are words too: read as codes only in capitals. */
const WORDS = new Set(['ALL', 'CUP', 'GEL', 'MOP', 'SOS', 'TOP', 'TRY']);

/** @returns undefined for a column that is not read */
export function parseTitle(cell: string): ColumnTitle | undefined {
  const trimmed = cell.trim().slice(0, LENGTH_MAX);
  if (trimmed.length < NAME_LENGTH_MIN) return undefined;
  const composed = ASCII.test(trimmed) ? trimmed : trimmed.normalize('NFKC');
  const isPlain = /^[\w -]*$/.test(composed);
  const [, name = composed, brackets] = isPlain ? [] : (PARTS.exec(composed) ?? []);
  const words = wordsOf(name);
  const notes = brackets === undefined ? [] : wordsOf(brackets);
  const text = notes.find(isCurrency) ?? takeCurrency(words);
  const codes = text === undefined ? undefined : currenciesNamed(text);
  const column = columnsByName.get(fold(words.join('')));
  if (column === undefined || (codes && column !== 'contribution_amount')) return undefined;
  if (!codes && ABOUT.has(fold(notes.join(' ')))) return undefined;
  const isOwn = brackets === undefined && !codes && fold(words.join(' ')) === NAMES[column][0];
  return { column, isOwn, currency: text !== undefined && codes ? { text, codes } : undefined };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s_\-\u2010-\u2015:*.,;/"'’]+/).filter((word) => word !== '');
}

/** Takes the currency off that words without brackets end or begin with: `Amount in EUR`, `amount_usd`, `€ Betrag`. */
function takeCurrency(words: string[]): string | undefined {
  const isClear = (word = '') => !/^[a-z]{1,2}$/i.test(word) && isCurrency(word);
  if (words.length < 2) return undefined;
  if (!isClear(words.at(-1))) return isClear(words[0]) ? words.shift() : undefined;
  const currency = words.pop();
  if (/^(?:in|en)$/i.test(words.at(-1) ?? '')) words.pop();
  return currency;
}

function isCurrency(word: string): boolean {
  const code = word.toUpperCase();
  return currenciesNamed(word) !== undefined && (word === code || !WORDS.has(code)) && !/^r$/i.test(word);
}

/** Lower case, without accents. */
function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[øæœłßđðı]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The names that each column may have, for the API reference; the first is the API's own. */
export const columnHeaders: Readonly<Record<ColumnName, readonly string[]>> = {
  email: listed('email'),
  contribution_amount: listed('contribution_amount'),
  name: listed('name'),
  first_name: listed('first_name'),
  last_name: listed('last_name'),
};

function listed(column: ColumnName): string[] {
  return NAMES[column].flatMap((names) => names.split(', '));
}
