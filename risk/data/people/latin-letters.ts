import type { Random } from '../random.ts';
import type { Locale } from './locales.ts';

const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  'а:a б:b в:v г:g ґ:g д:d е:e ё:e є:ie ж:zh з:z и:i і:i ї:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya'
    .split(' ')
    .map((pair) => pair.split(':')),
);
const GREEK: Readonly<Record<string, string>> = Object.fromEntries(
  'α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o'
    .split(' ')
    .map((pair) => pair.split(':')),
);
const SPECIAL: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i', æ: 'ae', œ: 'oe', þ: 'th' };
const ONSETS = ['k', 's', 't', 'n', 'h', 'm', 'y', 'r', 'g', 'd', 'b', 'ch', 'sh', 'j', 'l', 'p', 'w'];
const RIMES = ['a', 'i', 'u', 'e', 'o', 'an', 'in', 'on', 'ai', 'ung', 'ei'];

/** A name as its owner writes it in an address: in small letters of ASCII. Other scripts get syllables, each name its own. */
export function latinLetters(name: string, { script }: Locale, random: Random): string {
  if (script === 'other') return syllables(random.fork(name));
  const table = script === 'cyrillic' ? CYRILLIC : script === 'greek' ? GREEK : SPECIAL;
  const bare = name.toLowerCase().normalize('NFC');
  const written = random.chance(0.7) ? bare.replace(/[äöü]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? letter) : bare;
  const marksRemoved = script === 'cyrillic' ? written : written.normalize('NFD').replace(/\p{M}/gu, '');
  return Array.from(marksRemoved, (letter) => table[letter] ?? letter)
    .join('')
    .replace(/[^a-z]/g, '');
}

function syllables(random: Random): string {
  return random.times(random.int(2, 3), () => random.pick(ONSETS) + random.pick(RIMES)).join('');
}
