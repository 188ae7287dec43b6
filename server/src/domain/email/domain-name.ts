import { toASCII, toUnicode } from 'tr46';
import { hasInvisibleCharacter } from './invisible-characters.ts';

/** UTS 46, non-transitional, with the joiner and Bidi rules of IDNA 2008. */
const OPTIONS = { checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;
/** Characters of a domain, in either form: its form in ASCII is not shorter. */
const LENGTH_MAX = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const NUMBER = /^(?:\d+|0x[\da-f]*)$/;

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** Where a label may not have a character: the CONTEXTO rules of RFC 5892, appendix A.3 to A.9. */
const CONTEXT_VIOLATIONS: readonly ((label: string) => boolean)[] = [
  (label) => /(?<!l)\u00b7|\u00b7(?!l)/u.test(label), // middle dot
  (label) => /\u0375(?!\p{Script=Greek})/u.test(label), // keraia
  (label) => /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u.test(label), // geresh and gershayim
  (label) => label.includes('\u30fb') && !JAPANESE.test(label), // katakana middle dot
  (label) => /[\u0660-\u0669]/.test(label) && /[\u06f0-\u06f9]/.test(label), // Arabic-Indic digits, and extended ones
];

/** Recent results of `convert`: most addresses have the domain of others. Cleared when full. */
const converted = new Map<string, string>();
const CONVERTED_MAX = 1000;

/** Converts a domain to ASCII, its one canonical form. @returns undefined where it is no public domain name */
export function toAsciiDomain(text: string): string | undefined {
  return (converted.get(text) ?? convertAndKeep(text)) || undefined;
}

/** At least two labels, the last one not a number: excludes bare host names and IP addresses. */
function isDomainName(ascii: string): boolean {
  const labels = ascii.split('.');
  return labels.length > 1 && labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1) ?? '');
}

function convertAndKeep(text: string): string {
  if (converted.size >= CONVERTED_MAX) converted.clear();
  const ascii = convert(text);
  converted.set(text, ascii);
  return ascii;
}

/** @returns '' where it is not valid */
function convert(text: string): string {
  const isPlain = /^[a-z0-9.-]+$/i.test(text) && !/xn--/i.test(text);
  const ascii = isPlain ? text.toLowerCase() : convertByTable(text);
  return isDomainName(ascii) ? ascii : '';
}

/** Costs some microseconds for each character. @returns '' where it is not valid */
function convertByTable(text: string): string {
  if ([...text].length > LENGTH_MAX || hasInvisibleCharacter(text, 'except joiners')) return '';
  const { domain, error } = toUnicode(text, OPTIONS);
  const isValid = !error && !hasInvisibleCharacter(domain, 'except joiners') && !domain.split('.').some(violatesContext);
  return (isValid && toASCII(domain, OPTIONS)) || '';
}

function violatesContext(label: string): boolean {
  return CONTEXT_VIOLATIONS.some((isViolatedBy) => isViolatedBy(label));
}
