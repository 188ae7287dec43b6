/**
 * Names that no given or family name equals, and that phishing mail poses as. They count by themselves, also with one letter
 * missing, added or replaced.
 */
const DISTINCT_BRANDS = [
  'amazon',
  'binance',
  'blockchain',
  'coinbase',
  'commerzbank',
  'docusign',
  'dropbox',
  'facebook',
  'google',
  'icloud',
  'instagram',
  'linkedin',
  'mastercard',
  'metamask',
  'microsoft',
  'moneygram',
  'netflix',
  'outlook',
  'paypal',
  'revolut',
  'sparkasse',
  'volksbank',
  'westernunion',
  'whatsapp',
] as const;

/** Brands that are also names or words: they count with a word such as "security" only. */
const AMBIGUOUS_BRANDS = [
  'apple',
  'barclays',
  'chase',
  'citi',
  'dhl',
  'ebay',
  'fedex',
  'hermes',
  'hsbc',
  'klarna',
  'lloyds',
  'meta',
  'monzo',
  'n26',
  'office',
  'santander',
  'steam',
  'stripe',
  'telegram',
  'ups',
  'venmo',
  'visa',
  'wells fargo',
  'wise',
  'zelle',
] as const;

const AUTHORITY_WORDS = [
  'account',
  'admin',
  'administrator',
  'alert',
  'assistance',
  'authority',
  'billing',
  'blocked',
  'compliance',
  'confirm',
  'customer',
  'department',
  'fraud',
  'helpdesk',
  'invoice',
  'konto',
  'kundendienst',
  'kundenservice',
  'notice',
  'notification',
  'official',
  'payment',
  'payout',
  'prize',
  'refund',
  'reward',
  'security',
  'seguridad',
  'service',
  'sicherheit',
  'soporte',
  'support',
  'suspended',
  'team',
  'unusual',
  'update',
  'urgent',
  'verification',
  'verify',
  'winner',
] as const;

/** Long enough that a name is not one edit away from it by chance. */
const EDITED_LENGTH_MIN = 6;

const distinct: ReadonlySet<string> = new Set(DISTINCT_BRANDS);
const ambiguous: ReadonlySet<string> = new Set(AMBIGUOUS_BRANDS);
const authority: ReadonlySet<string> = new Set(AUTHORITY_WORDS.flatMap((word) => [word, `${word}s`]));
/** Each brand with one letter left out. Two words one edit apart share such a form, or one is a form of the other. */
const shortened: ReadonlySet<string> = new Set(
  DISTINCT_BRANDS.filter(({ length }) => length >= EDITED_LENGTH_MIN).flatMap((brand) => [brand, ...withoutOneLetter(brand)]),
);

/** One edit leaves the first or the last letters as they are. */
const starts: ReadonlySet<string> = new Set(DISTINCT_BRANDS.map((brand) => brand.slice(0, 3)));
const ends: ReadonlySet<string> = new Set(DISTINCT_BRANDS.map((brand) => brand.slice(-3)));

/** @param word in lower case, by its letters as they look in Latin script */
export function isBrand(word: string): boolean {
  if (distinct.has(word)) return true;
  if (word.length < EDITED_LENGTH_MIN - 1 || word.length > 14) return false;
  if (!starts.has(word.slice(0, 3)) && !ends.has(word.slice(-3))) return false;
  return shortened.has(word) || withoutOneLetter(word).some((form) => form.length >= EDITED_LENGTH_MIN - 1 && shortened.has(form));
}

export function isAmbiguousBrand(word: string): boolean {
  return ambiguous.has(word);
}

export function isAuthorityWord(word: string): boolean {
  return authority.has(word);
}

function withoutOneLetter(word: string): string[] {
  return [...word].map((_, index) => word.slice(0, index) + word.slice(index + 1));
}
