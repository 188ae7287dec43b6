import { currenciesNamed } from './currency-signs.ts';

const COLUMNS = ['email', 'contribution_amount', 'name', 'first_name', 'last_name'] as const;

export type ColumnName = (typeof COLUMNS)[number];

/**
 * The names that each column may have, as people and exports write them, but without accents and in lower case. The first is the
 * API's own, and takes precedence. One line a language, English first.
 */
export const columnHeaders: Readonly<Record<ColumnName, readonly string[]>> = {
  email: listed(
    'email, mail, email id, contact email, lender email',
    'email address, mail address, email primary, primary email', // Mailchimp, Outlook, HubSpot, Thunderbird
    'home email, work email, personal email, business email', // iCloud
    'customer email, customer email address', // Stripe, Shopify
    'email 1, email 1 value, email 1 address', // Google Contacts
    'emailova adresa, adresa email, adresa emailu', // cs, sk
    'e mail adresse, mail adresse', // da, de, no
    'correo, correo electronico, direccion de correo, direccion de correo electronico, direccion de email', // es
    'sahkoposti, sahkoposti osoite', // fi
    'courriel, adresse courriel, adresse de courriel, adresse de messagerie, adresse electronique, adresse email, adresse mail', // fr
    'email cim', // hu
    'indirizzo di posta elettronica, indirizzo e mail, indirizzo email, indirizzo mail, posta elettronica', // it
    'e mail adres, mail adres', // nl
    'e post, epost adress, epost adresse', // no, sv
    'adres email, adres mailowy, poczta elektroniczna', // pl
    'correio eletronico, correio electronico, endereco de email, endereco eletronico', // pt
    'adresa de email', // ro
    'e posta, e posta adresi', // tr
    'البريد الإلكتروني, بريد إلكتروني', // ar
    'ηλεκτρονικο ταχυδρομειο, ηλεκτρονικη διευθυνση, διευθυνση email', // el
    'אימייל, דואל', // he
    'メールアドレス, メール, eメール, 電子メール, 電子メールアドレス', // ja
    '이메일, 이메일 주소, 메일, 전자 메일, 전자 메일 주소', // ko
    'электронная почта, адрес электронной почты, эл почта, почта, адрес почты, email адрес', // ru
    'електронна пошта, пошта', // uk
    '邮箱, 电子邮箱, 邮箱地址, 电子邮件, 电子邮件地址, 郵箱, 電子郵件, 電子郵件地址, 電子信箱, 信箱', // zh
  ),
  contribution_amount: listed(
    'contribution amount, amount, contribution, investment amount, lender amount, pledge, pledged amount, sum, value',
    'castka, prispevek', // cs
    'belob, bidrag', // da
    'beitrag, betrag, darlehensbetrag, summe', // de
    'aportacion, aporte, cantidad, contribucion, importe, monto', // es
    'maara, osuus, summa', // fi
    'montant, montant de la contribution, somme', // fr
    'osszeg', // hu
    'contributo, importo, somma', // it
    'bedrag, bijdrage', // nl
    'belop, bidrag', // no
    'kwota, wklad', // pl
    'contribuicao, montante, quantia, valor', // pt
    'suma', // ro, sk
    'ciastka', // sk
    'belopp, bidrag, summa', // sv
    'tutar', // tr
    'المبلغ, مبلغ', // ar
    'ποσο', // el
    'סכום', // he
    '金額, 出資額, 融資額', // ja
    '금액', // ko
    'сумма, взнос', // ru
    'сума, внесок', // uk
    '金额, 金額', // zh
  ),
  name: listed(
    'name, contact name, display name, full name, lender, lender name',
    'jmeno, cele jmeno, jmeno a prijmeni', // cs
    'navn, fulde navn', // da
    'vollstandiger name', // de
    'nombre, nombre completo', // es
    'nimi, koko nimi', // fi
    'nom, nom complet', // fr
    'nome, nome completo, nome e cognome', // it, pt
    'naam, volledige naam', // nl
    'navn, fullt navn', // no
    'imie i nazwisko', // pl
    'meno a priezvisko', // sk
    'namn, fullt namn', // sv
    'ad soyad', // tr
    'الاسم, الاسم الكامل', // ar
    'ονομα, ονοματεπωνυμο', // el
    'שם, שם מלא', // he
    '氏名, 名前, お名前', // ja
    '이름, 성명', // ko
    'имя, полное имя, фио, имя и фамилия', // ru
    'імя, піб', // uk
    '姓名', // zh
  ),
  first_name: listed(
    'first name, first, forename, given name',
    'krestni jmeno', // cs
    'fornavn', // da, no
    'vorname', // de
    'nombre de pila, nombres', // es
    'etunimi', // fi
    'prenom', // fr
    'voornaam', // nl
    'imie', // pl
    'primeiro nome', // pt
    'meno', // sk
    'fornamn', // sv
    'שם פרטי', // he
  ),
  last_name: listed(
    'last name, family name, last, surname',
    'prijmeni', // cs
    'efternavn', // da
    'familienname, nachname', // de
    'apellido, apellidos', // es
    'sukunimi', // fi
    'nom de famille', // fr
    'cognome', // it
    'achternaam', // nl
    'etternavn', // no
    'nazwisko', // pl
    'apelido, sobrenome', // pt
    'priezvisko', // sk
    'efternamn', // sv
    'soyad', // tr
    'επωνυμο', // el
    'שם משפחה', // he
    'фамилия', // ru
    'прізвище', // uk
  ),
};

/** Languages share names. */
function listed(...lines: readonly string[]): readonly string[] {
  return [...new Set(lines.flatMap((names) => names.split(', ')))];
}

/** Letters whose stroke or ligature Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = { ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', ß: 'ss', đ: 'd', ð: 'd', ı: 'i' };

/** Spaces and accents are not compared. */
const columnsByName: ReadonlyMap<string, ColumnName> = new Map(
  COLUMNS.flatMap((column) => columnHeaders[column].map((name) => [fold(name.replaceAll(' ', '')), column] as const)),
);

/** A cell of the header that names a column of the file. */
export interface ColumnTitle {
  readonly column: ColumnName;
  /** Whether it is the API's own name, and nothing else. */
  readonly isOwn: boolean;
  /** A currency in it, as written, and the ISO 4217 codes that it may mean. */
  readonly currency: { readonly text: string; readonly codes: readonly string[] } | undefined;
}

/** Characters of a title that are read. */
const LENGTH_MAX = 100;
/** A name, and a note in brackets after it. */
const NAME_AND_NOTE = /^([^([{]*)(?:[([{]([^)\]}]*)[)\]}][^\p{L}\p{N}\p{Sc}]*)?$/u;
/** Notes of columns that describe the address or the amount, and don't hold it. */
const DESCRIPTIONS = new Set(['type', 'label', 'status', 'verified', 'valid', 'opt in', 'count', '%']);
/** Words of a note by which the amounts are in thousands, millions or cents: `k€`, `$000`, `Tsd`. Such a column is not read. */
const SCALE = /^(?:\p{Sc}?(?:000s?|k|m|mn|mio)|[kmt](?:\p{Sc}|eur|usd)|tsd|thousands?|millions?|ct|cents?|pence|minor)$/u;
/** ISO 4217 codes that are also words: read as codes only in capitals. */
const CODES_LIKE_WORDS = new Set(['ALL', 'CUP', 'GEL', 'MOP', 'SOS', 'TOP', 'TRY']);

/** @returns undefined for a column that is not read */
export function parseTitle(cell: string): ColumnTitle | undefined {
  const title = cell.trim().slice(0, LENGTH_MAX).normalize('NFKC');
  const [, name = title, note] = NAME_AND_NOTE.exec(title) ?? [];
  const words = wordsOf(name);
  const notes = wordsOf(note ?? '');
  const text = notes.find(isCurrency) ?? takeCurrency(words);
  const codes = text === undefined ? undefined : currenciesNamed(text);
  const column = columnsByName.get(fold(words.join('')));
  if (column === undefined || (codes && column !== 'contribution_amount')) return undefined;
  if (DESCRIPTIONS.has(fold(notes.join(' '))) || notes.some((word) => SCALE.test(fold(word)))) return undefined;
  const isOwn = note === undefined && !codes && fold(words.join(' ')) === columnHeaders[column][0];
  return { column, isOwn, currency: text !== undefined && codes ? { text, codes } : undefined };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s_\-\u2010-\u2015:*.,;/"'’]+/).filter((word) => word !== '');
}

/**
 * Removes and returns the currency at the end or start of a name without brackets: `Amount in EUR`, `amount_usd`, `€ Betrag`.
 * Not signs of one or two letters, such as `kr`, which may be abbreviations.
 */
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
  const isWord = /^r$/i.test(word) || (word !== code && CODES_LIKE_WORDS.has(code));
  return !isWord && currenciesNamed(word) !== undefined;
}

/** Lower case, without accents. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[øæœłßđðı]/g, (letter) => LETTERS[letter] ?? letter);
}
