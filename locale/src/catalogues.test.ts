import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './languages.ts';
import { type Area, loadCatalogue } from './load-catalogue.ts';
import type { Message, Messages } from './messages.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(import.meta.dirname, 'catalogues');
const USERS = ['console', 'server/src/mail', 'locale/src'];
const CONSOLE_AREAS: readonly Area[] = [
  'common',
  'errors',
  'import',
  'invitations',
  'inviting',
  'loans',
  'operator',
  'repayment',
  'sign-in',
];

const areas = readdirSync(path.join(FOLDER, 'en')).map((file) => file.replace(/\.ts$/, ''));

async function messagesOf(language: string, area: string): Promise<Messages> {
  const { messages } = await import(path.join(FOLDER, language, `${area}.ts`));
  return messages;
}

/** Names of the parameters, those of all plural forms together. `{count}` may be left out of a form. */
function namesIn(message: Message | undefined): string[] {
  const texts = typeof message === 'string' ? [message] : ['{count}', ...Object.values(message ?? {})];
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)))].sort();
}

function textsOf(messages: Messages): [key: string, text: string][] {
  return Object.entries(messages).flatMap(([key, message]) =>
    (typeof message === 'string' ? [message] : Object.values(message)).map((text): [string, string] => [key, text]),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|catalogues)$/.test(entry.name) ? [] : sourcesIn(file);
    return /(?<!\.test)\.tsx?$/.test(entry.name) ? [readFileSync(path.join(ROOT, file), 'utf8')] : [];
  });
}

describe('the catalogues', () => {
  it.each(LANGUAGES.slice(1))('have the same areas, keys and parameters as English: %s', async (language) => {
    expect(readdirSync(path.join(FOLDER, language))).toEqual(readdirSync(path.join(FOLDER, 'en')));
    for (const area of areas) {
      const [english, translation] = await Promise.all([messagesOf('en', area), messagesOf(language, area)]);
      const shape = (messages: Messages) =>
        Object.entries(messages).map(([key, message]) => [key, typeof message, namesIn(message)]);
      expect(shape(translation), area).toEqual(shape(english));
    }
  });

  it.each(LANGUAGES)('have each plural form that the language needs, and only parameters in braces: %s', async (language) => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const area of areas) {
      const messages = await messagesOf(language, area);
      for (const [key, message] of Object.entries(messages)) {
        const forms = typeof message === 'string' ? [...categories] : Object.keys(message).filter((form) => form !== '=0');
        expect(forms.sort(), `${area}: ${key}`).toEqual([...categories].sort());
      }
      const malformed = textsOf(messages).filter(
        ([, text]) => /[{}]/.test(text.replaceAll(/\{\w+\}/g, '')) || text.trim() !== text,
      );
      expect(malformed, area).toEqual([]);
    }
  });

  it.each(LANGUAGES)('are plain text with typographic quotes and apostrophes: %s', async (language) => {
    for (const area of areas) {
      const typed = textsOf(await messagesOf(language, area)).filter(
        ([, text]) => text === '' || /["'<>]|\.\.\.|\n| {2}/.test(text),
      );
      expect(typed, area).toEqual([]);
    }
  });

  it.each(LANGUAGES.slice(1))('say the same for the same English text: %s', async (language) => {
    const translations = new Map<string, Set<string>>();
    for (const area of areas) {
      const [english, translation] = await Promise.all([messagesOf('en', area), messagesOf(language, area)]);
      for (const [key, message] of Object.entries(english)) {
        const text = JSON.stringify(message);
        translations.set(text, (translations.get(text) ?? new Set()).add(JSON.stringify(translation[key])));
      }
    }
    expect([...translations].filter(([, texts]) => texts.size > 1)).toEqual([]);
  });

  it('say "Sie" in German, and no word that the glossary excludes', async () => {
    const table = readFileSync(path.join(ROOT, 'docs/glossary.md'), 'utf8').split('\n## German\n')[1] ?? '';
    const excluded = [...table.matchAll(/^\|(?:[^|]*\|){2} ([^|]+) \|$/gm)].flatMap(([, words = '']) => words.split(', ')).slice(2);
    expect(excluded).toEqual(expect.arrayContaining(['Kredit', 'stornieren', 'Email']));
    // At the start of a word, with any ending.
    const stems = excluded.map((word) => word.replace(/(?<=[a-zäöüß]{3})en$/, '')).join('|');
    const words = new RegExp(`(?<![\\p{L}-])(?:(?:${stems})\\p{L}*|(?:du|dir|dich|dein\\p{L}*|euch|euer)(?!\\p{L}))`, 'giu');
    for (const area of areas) {
      const found = textsOf(await messagesOf('de', area)).flatMap(([key, text]) =>
        (text.match(words) ?? []).map((word) => `${key}: ${word}`),
      );
      expect(found, area).toEqual([]);
    }
  });

  it('have no message that console and mails do not use', async () => {
    const sources = USERS.flatMap(sourcesIn);
    // A key in quotes, or the start of a computed one such as `status.${status}`, which ends in a point.
    const mentioned = new Set(
      sources.flatMap((text) => [...text.matchAll(/['"`]([\w.-]+)(?:['"`]|(?<=\.)\$\{)/g)].map(([, key]) => key)),
    );
    for (const area of areas) {
      const keys = Object.keys(await messagesOf('en', area));
      const unused = keys.filter((key) => !mentioned.has(key) && !mentioned.has(key.replace(/[^.]+$/, '')));
      expect(unused, area).toEqual([]);
    }
  });
});

describe('loadCatalogue', () => {
  it.each(LANGUAGES)('loads every area of the console in %s', async (language) => {
    expect(areas.filter((area) => area !== 'mails')).toEqual(CONSOLE_AREAS.toSorted());
    for (const area of CONSOLE_AREAS) {
      expect(await loadCatalogue(language, area)).toEqual({ language, messages: await messagesOf(language, area) });
    }
  });
});
