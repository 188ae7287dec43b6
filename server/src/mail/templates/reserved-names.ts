/*
 * Names that no user has in a mail: a stranger who gets it would take the sender for a company, a bank or an authority. Real names
 * that are also brands (Chase, Wise) are missing on purpose.
 */

/** Found anywhere in a name, however it is divided into words. */
const BRANDS = [
  ...[
    'paypal',
    'mastercard',
    'american express',
    'western union',
    'moneygram',
    'cash app',
    'venmo',
    'revolut',
    'klarna',
    'coinbase',
  ],
  ...[
    'binance',
    'metamask',
    'microsoft',
    'google',
    'facebook',
    'instagram',
    'whatsapp',
    'telegram',
    'linkedin',
    'netflix',
    'docusign',
  ],
  ...['dropbox', 'hsbc', 'citibank', 'barclays', 'santander', 'wells fargo', 'deutsche bank', 'sparkasse', 'private lending'],
];

/** Found as a word of a name. */
const WORDS = [
  ...['amazon', 'amex', 'apple', 'icloud', 'stripe', 'visa', 'zelle', 'irs', 'hmrc', 'fbi', 'interpol', 'police', 'government'],
  ...['bank', 'banking', 'banque', 'banco', 'account', 'accounts', 'admin', 'administrator', 'billing', 'compliance', 'customer'],
  ...[
    'department',
    'helpdesk',
    'help',
    'noreply',
    'notification',
    'official',
    'payment',
    'payments',
    'postmaster',
    'refund',
    'refunds',
  ],
  ...['security', 'service', 'services', 'support', 'team', 'verification', 'verified', 'verify', 'webmaster'],
];

/** Alphabets with letters that look alike. */
const ALPHABETS = [
  ...[/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u],
  ...[/\p{Script=Cherokee}/u, /\p{Script=Coptic}/u, /\p{Script=Lisu}/u],
];
/** Latin letters of phonetic notation, such as small capitals, except those of alphabets: Azerbaijani, Hausa, Ewe, Akan, Fula. */
const PHONETIC =
  /(?![\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u0272\u0289\u028b\u0292])[\u0250-\u02af\u1d00-\u1dbf\ua720-\ua7ff\uab30-\uab6f]/;

/** What looks like a letter of a brand, after lower-casing and without accents. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...[
      'aаα4',
      'bвβ\u0253',
      'cсϲ',
      'dԁđ\u0256\u0257',
      'eеε3\u0259\u025b',
      'gԍɡ',
      'hнһ',
      'kкκ',
      'liіӏιı1ł\u0268',
      'mм',
      'nոη\u0272',
      'oоοօ0ø\u0254',
      'pрρ',
      'qԛ',
      'sѕ5',
      'tтτ7',
      'uսυ\u0289\u028b',
      'vν',
    ],
    ...['wԝω', 'xхχ', 'yуγ', 'jј'],
  ].flatMap(([letter = '', ...others]) => others.map((other) => [other, letter])),
);

/** Two names with the same skeleton look alike. */
function skeletonOf(name: string): string {
  const letters = [...name.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')].map((letter) => LOOKALIKES[letter] ?? letter);
  return letters.join('').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

const withoutSpaces = (text: string) => text.replaceAll(/[^\p{L}\p{N}]/gu, '');
const RESERVED_BRANDS = BRANDS.map((name) => withoutSpaces(skeletonOf(name)));
const RESERVED_WORDS = new Set(WORDS.map(skeletonOf));

/** Whether a name looks like a brand, an authority or a support desk, or has a word of letters that imitate those of another alphabet. */
export function isReservedName(name: string): boolean {
  const skeleton = skeletonOf(name);
  const joined = withoutSpaces(skeleton);
  if (RESERVED_BRANDS.some((brand) => joined.includes(brand)) || RESERVED_WORDS.has(joined)) return true;
  if (skeleton.split(/[^\p{L}\p{N}]+/u).some((word) => RESERVED_WORDS.has(word))) return true;
  return PHONETIC.test(name) || name.split(/[^\p{L}\p{M}\p{N}]+/u).some(mixesAlphabets);
}

function mixesAlphabets(word: string): boolean {
  return ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1;
}
