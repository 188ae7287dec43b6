import { INTL_LOCALES, type Language } from './languages.ts';
import { formatDecimal } from './numbers.ts';
import { isolate } from './text.ts';

/*
 * Messages are plain text with parameters in braces: `{borrower} asks you for {amount}`. A message whose words depend on a number has
 * a form for each plural category of its language (CLDR's, by `Intl.PluralRules`) and is given that number as `count`:
 *
 *   { '=0': 'Nobody yet', one: 'One lender', other: '{count} lenders' }
 *
 * English defines the keys and the parameters of each message; the compiler rejects a translation that lacks one, and a call that
 * does not pass them.
 */

export interface PluralForms {
  /** Instead of the others, where the count is 0. */
  readonly '=0'?: string;
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

export type Message = string | PluralForms;

/** The messages of one area, by key. */
export type Messages = Readonly<Record<string, Message>>;

/** Messages of a language, with the keys of the English ones. Each file of messages checks its parameters by `TranslationOf`. */
export interface Catalogue<English extends Messages> {
  readonly language: Language;
  readonly messages: { readonly [Key in keyof English]: Message };
}

/** What a translation of these English messages must have. Parameters may be in any order; a plural form may leave out `{count}`. */
export type TranslationOf<English extends Messages> = {
  readonly [Key in keyof English]: English[Key] extends string
    ? TextWith<NamesIn<English[Key]>>
    : { readonly [Form in keyof PluralForms]: TextWith<Exclude<NamesOf<English[Key]>, 'count'>> };
};

/** The names in a text: `'a' | 'b'` for `{a} of {b}`. */
type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

type NamesOf<M extends Message> = NamesIn<M extends string ? M : M[keyof M]> | (M extends string ? never : 'count');

/** A text that has all these names. */
type TextWith<Names extends string> = [Names] extends [never]
  ? string
  : Intersection<Names extends string ? `${string}{${Names}}${string}` : never>;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;

/** The last argument of `translate`: none for a message without parameters. Numbers are written as the language writes them. */
export type ParametersArgument<M extends Message> = [NamesOf<M>] extends [never]
  ? []
  : [parameters: { readonly [Name in NamesOf<M>]: Name extends 'count' ? number : string | number }];

/**
 * Fills in the parameters of a message. Right-to-left values are isolated.
 * @returns plain text, to be escaped where it goes into HTML
 */
export function translate<English extends Messages, Key extends keyof English & string>(
  { language, messages }: Catalogue<English>,
  key: Key,
  ...[parameters]: ParametersArgument<English[Key]>
): string {
  const message: Message = messages[key];
  if (!parameters && typeof message === 'string') return message;
  const values: Readonly<Record<string, string | number>> = parameters ?? {};
  const text = typeof message === 'string' ? message : formFor(language, message, Number(values['count']));
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name] ?? placeholder;
    return typeof value === 'number' ? formatDecimal(value, language) : isolate(value);
  });
}

function formFor(language: Language, forms: PluralForms, count: number): string {
  if (count === 0 && forms['=0'] !== undefined) return forms['=0'];
  return forms[pluralRulesOf(language).select(count)] ?? forms.other;
}

const pluralRules = new Map<Language, Intl.PluralRules>();

function pluralRulesOf(language: Language): Intl.PluralRules {
  const rules = pluralRules.get(language) ?? new Intl.PluralRules(INTL_LOCALES[language]);
  pluralRules.set(language, rules);
  return rules;
}
