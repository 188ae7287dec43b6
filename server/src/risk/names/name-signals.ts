import { isAmbiguousBrand, isAuthorityWord, isBrand } from './brands.ts';

/**
 * What a text has that a name of a person has not. `url`: an address of the web, or one of mail. `brand`: a company that
 * phishing poses as, also misspelled. `authority`: a word such as "support" or "security". `mixed-script`: letters of
 * look-alike scripts in one word. `phone`: seven digits or more.
 */
export type NameSignal = 'url' | 'brand' | 'authority' | 'mixed-script' | 'phone';

const WEB = /https?:|www\.|:\/\/|@/i;
/** A host name: a label of three characters, which initials have not, and an ending that hosts have more than surnames. */
const HOST =
  /[\p{L}\p{N}-]{3}\.(?:com|net|org|info|biz|io|me|ly|co|app|dev|xyz|top|site|shop|store|online|click|link|live|club|vip|ru|cn|tk|cc|pw|icu|su)(?![\p{L}\p{N}])/iu;
/** A path after a host name. */
const HOST_WITH_PATH = /[\p{L}\p{N}]\.\p{L}{2,6}\//u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LOOK_ALIKE_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const PHONE_DIGITS_MIN = 7;

/** Letters and digits that look like Latin ones. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  $: 's',
  '|': 'l',
  а: 'a',
  в: 'b',
  е: 'e',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  с: 'c',
  т: 't',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
};

/** The signals of a name, of a lender or a borrower. Takes any text of some hundred characters. */
export function nameSignals(name: string): readonly NameSignal[] {
  const text = name.normalize('NFKC');
  const words = [...(text.match(WORD) ?? [])];
  const latin = words.map(latinForm);
  const hasAuthority = latin.some(isAuthorityWord);
  const signals: (NameSignal | false)[] = [
    (WEB.test(text) || HOST.test(text) || HOST_WITH_PATH.test(text)) && 'url',
    (hasBrand(latin) || (hasAuthority && latin.some(isAmbiguousBrand))) && 'brand',
    hasAuthority && 'authority',
    words.some((word) => LATIN.test(word) && LOOK_ALIKE_SCRIPT.test(word)) && 'mixed-script',
    digitsIn(text) >= PHONE_DIGITS_MIN && 'phone',
  ];
  return signals.filter((signal) => signal !== false);
}

/**
 * How much a name is a message in place of a name: 0 for none, 0.5 for words that functions of a company have, too, 1 for what
 * no person is called.
 */
export function payloadOf(name: string): 0 | 0.5 | 1 {
  const signals = nameSignals(name);
  if (signals.some((signal) => signal !== 'authority')) return 1;
  return signals.length > 0 ? 0.5 : 0;
}

/** The same of a text, such as a loan's purpose, which may name companies and say "payment". */
export function messagePayloadOf(text: string): 0 | 1 {
  return nameSignals(text).some((signal) => signal === 'url' || signal === 'mixed-script') ? 1 : 0;
}

/** A word alone, two in a row, or a name that is spelled out: "Pay Pal", "P a y p a l". */
function hasBrand(words: readonly string[]): boolean {
  return words.some((word, index) => isBrand(word) || isBrandInTwo(word, words[index + 1])) || isSpelledOut(words);
}

/** Exact only: surnames of two words come near to brands more often. */
function isBrandInTwo(first: string, second = ''): boolean {
  return second !== '' && first.length + second.length < 14 && first.length > 1 && isBrand(first + second) && !isBrand(second);
}

function isSpelledOut(words: readonly string[]): boolean {
  const letters = words.filter(({ length }) => length === 1);
  return letters.length >= 5 && isBrand(letters.join(''));
}

/** In lower case, without marks, each look-alike by the Latin letter. */
function latinForm(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z]+$/.test(lower)) return lower;
  const bare = lower.normalize('NFD').replace(/\p{M}/gu, '');
  if (/^[0-9]+$/.test(bare)) return bare;
  return Array.from(bare, (character) => LOOK_ALIKES[character] ?? character).join('');
}

function digitsIn(text: string): number {
  let count = 0;
  for (const character of text) if (character >= '0' && character <= '9') count++;
  return count;
}
