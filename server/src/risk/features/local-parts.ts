import type { Address } from './address.ts';
import { cluster, clusterOf, countsOf, entropyOf, share } from './shares.ts';

/** Characters of a local part that are compared: longer ones are rare, and each character costs a comparison. */
const COMPARED_MAX = 24;
/** Without a character, shorter ones are too often equal. */
const SHORTENED_MIN = 5;
const POWERS = Array.from({ length: COMPARED_MAX }, (_, exponent) => power(exponent));
const CONSONANTS = /[bcdfghjklmnpqrstvwxz]{5}/;
const NO_VOWEL = /^[^aeiouy]{7,}$/;
const ASCII = /^[\x21-\x7e]+$/;
/** Changes from letter to digit or back that people don't choose: `x7k2m9`. */
const SWITCHES_MIN = 4;

const ROLES: ReadonlySet<string> = new Set([
  'abuse',
  'accounting',
  'accounts',
  'admin',
  'billing',
  'contact',
  'contato',
  'enquiries',
  'hello',
  'help',
  'helpdesk',
  'hr',
  'info',
  'jobs',
  'kontakt',
  'mail',
  'marketing',
  'office',
  'orders',
  'postmaster',
  'press',
  'reception',
  'sales',
  'secretary',
  'service',
  'support',
  'team',
  'webmaster',
]);

export interface LocalPartFeatures {
  readonly patternRepetition: number;
  readonly digits: number;
  readonly numbered: number;
  readonly nearDuplicates: number;
  readonly sameMailbox: number;
  readonly gibberish: number;
  readonly roles: number;
}

/** What is known of one local part, whatever others there are. */
export interface LocalPartTraits {
  readonly local: string;
  readonly shape: string;
  /** Of a local part with numbers, with these replaced. */
  readonly skeleton: readonly string[];
  /** Hashes by which near duplicates are found. */
  readonly forms: readonly number[];
  readonly digits: number;
  readonly isGibberish: boolean;
}

export function localPartTraits(local: string): LocalPartTraits {
  const forms = formsOf(local.slice(0, COMPARED_MAX));
  const digits = digitsIn(local);
  return { local, shape: shapeOf(local), skeleton: skeletonOf(local), forms, digits, isGibberish: isGibberish(local) };
}

interface AddressWithTraits {
  readonly address: Address;
  readonly localPart: LocalPartTraits;
}

/** @param invited the addresses of the window, at least one */
export function localPartFeatures(invited: readonly AddressWithTraits[]): LocalPartFeatures {
  const n = invited.length;
  const chosen = invited.filter(({ address }) => !address.isRelay).map(({ localPart }) => localPart);
  return {
    patternRepetition: repetition(chosen.map(({ shape }) => shape)),
    digits: digitShare(chosen),
    numbered: cluster(
      chosen.flatMap(({ skeleton }) => skeleton),
      n,
    ),
    nearDuplicates: clusterOf(largestNeighbourhood(chosen), n),
    sameMailbox: cluster(
      invited.map(({ address }) => address.mailbox),
      n,
    ),
    gibberish: share(chosen.filter(({ isGibberish }) => isGibberish).length, n),
    roles: share(chosen.filter(({ local }) => ROLES.has(local)).length, n),
  };
}

/** How far the shapes are from all different: 0 where they are, towards 1 for many of one shape. */
function repetition(shapes: readonly string[]): number {
  const n = shapes.length;
  if (n < 2) return 0;
  return ((1 - entropyOf(countsOf(shapes).values()) / Math.log2(n)) * n) / (n + 5);
}

/** `anna.smith85` has the shape `a5.a5`: runs of letters with their length in steps, digits and separators. */
function shapeOf(local: string): string {
  return local
    .replace(/\p{L}+/gu, (run) => `a${lengthStep(run.length)}`)
    .replace(/\d+/g, (run) => (run.length > 4 ? '0+' : `0${run.length}`));
}

function lengthStep(length: number): number {
  return length < 3 ? length : Math.min(3 + Math.floor((length - 3) / 3), 6);
}

function digitShare(chosen: readonly LocalPartTraits[]): number {
  let digits = 0;
  let characters = 0;
  for (const { local, digits: own } of chosen) {
    characters += local.length;
    digits += own;
  }
  return digits / (characters + 20);
}

function digitsIn(local: string): number {
  let digits = 0;
  for (const character of local) if (character >= '0' && character <= '9') digits++;
  return digits;
}

/** A local part with its numbers replaced; none where it has no number or nothing else, as where numbers are what providers give. */
function skeletonOf(local: string): string[] {
  const skeleton = local.replace(/\d+/g, '#');
  return skeleton === local || skeleton.length < 2 ? [] : [skeleton];
}

/**
 * Local parts that become equal if at most one character is left out of each: the largest group around one form. Equal local
 * parts at several domains count too. Forms are compared by a hash of 32 bits.
 */
function largestNeighbourhood(chosen: readonly LocalPartTraits[]): number {
  const groups = new Map<number, number>();
  let most = 0;
  for (const { forms } of chosen) {
    for (const form of forms) {
      const count = (groups.get(form) ?? 0) + 1;
      groups.set(form, count);
      if (count > most) most = count;
    }
  }
  return most;
}

/** Hashes of a local part, and of it without each of its characters where it is long enough; each once. */
function formsOf(local: string): number[] {
  const whole = hash(local, 0);
  if (local.length < SHORTENED_MIN) return [whole];
  const forms = [whole];
  let before = 0; // hash of the characters before the index
  let after = hash(local, 1); // of those after it, each moved down by one
  for (let index = 0; index < local.length; index++) {
    const code = local.charCodeAt(index);
    if (index > 0) after -= Math.imul(code, POWERS[index - 1] ?? 0);
    if (index === 0 || code !== local.charCodeAt(index - 1)) forms.push((before + after) | 0);
    before = (before + Math.imul(code, POWERS[index] ?? 0)) | 0;
  }
  return forms;
}

/** A polynomial in the characters from `first` on, from degree 0. */
function hash(text: string, first: number): number {
  let sum = 0;
  for (let index = first; index < text.length; index++)
    sum = (sum + Math.imul(text.charCodeAt(index), POWERS[index - first] ?? 0)) | 0;
  return sum;
}

function power(exponent: number): number {
  return exponent === 0 ? 1 : Math.imul(0x01000193, power(exponent - 1));
}

function isGibberish(local: string): boolean {
  if (!ASCII.test(local)) return false;
  return CONSONANTS.test(local) || NO_VOWEL.test(local.replace(/[^a-z]/g, '')) || switchesIn(local) >= SWITCHES_MIN;
}

function switchesIn(local: string): number {
  return local.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0;
}
