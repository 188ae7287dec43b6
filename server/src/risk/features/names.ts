import { payloadOf } from '../names/name-signals.ts';
import type { Address } from './address.ts';
import { cluster, share } from './shares.ts';

/** What is known of one name, whatever others there are. */
export interface NameTraits {
  readonly name: string | null;
  /** Whether the name and its address agree; undefined where that can't be said. */
  readonly agrees: boolean | undefined;
  readonly payload: 0 | 0.5 | 1;
}

export function nameTraits(name: string | null, address: Address): NameTraits {
  return { name, agrees: agreement(name, address), payload: name === null ? 0 : payloadOf(name) };
}

export interface NameFeatures {
  readonly unnamed: number;
  readonly nameMismatch: number;
  readonly repeatedName: number;
  readonly namePayload: number;
}

const NICKNAME_LENGTH = 4;
const LATIN_WORD = /[a-z]+/g;

export function nameFeatures(invited: readonly NameTraits[]): NameFeatures {
  const n = invited.length;
  const names = invited.flatMap(({ name }) => (name === null ? [] : [name]));
  const compared = invited.flatMap(({ agrees }) => agrees ?? []);
  return {
    unnamed: share(n - names.length, n),
    nameMismatch: share(compared.filter((agrees) => !agrees).length, compared.length),
    repeatedName: cluster(
      names.map((name) => name.toLowerCase()),
      n,
    ),
    namePayload: Math.log2(1 + invited.reduce((sum, { payload }) => sum + payload, 0)),
  };
}

/** Undefined for names in other scripts, and addresses of relays. */
function agreement(name: string | null, address: Address): boolean | undefined {
  if (name === null || address.isRelay) return undefined;
  const words = bare(name, '').match(LATIN_WORD) ?? [];
  if (!words.some(({ length }) => length > 1)) return undefined;
  const local = bare(address.local, '').replace(/[^a-z]/g, '');
  if (local === '') return undefined;
  return words.some((word) => isIn(local, word)) || isInitials(local, words) || isInGerman(local, name);
}

function isIn(local: string, word: string): boolean {
  return word.length > 2 && local.includes(word.length > NICKNAME_LENGTH ? word.slice(0, NICKNAME_LENGTH) : word);
}

/** `jd` or `jdo` for Jane Doe. */
function isInitials(local: string, words: readonly string[]): boolean {
  const initials = words.map((word) => word[0]).join('');
  return initials.length > 1 && local.length <= initials.length + 2 && local.startsWith(initials);
}

/** With `ae` for `ä`, as names are written in addresses. */
function isInGerman(local: string, name: string): boolean {
  return /[äöüÄÖÜ]/.test(name.normalize('NFC')) && (bare(name, 'e').match(LATIN_WORD) ?? []).some((word) => isIn(local, word));
}

/** In lower case, without marks. @param umlaut what is written after a letter in place of its umlaut */
function bare(text: string, umlaut: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\u0308/g, umlaut)
    .replace(/\p{M}/gu, '')
    .replace(/[ßøłđıœæ]/g, (letter) => PLAIN[letter] ?? letter);
}

const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i', œ: 'oe', æ: 'ae' };
