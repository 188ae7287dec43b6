import type { Language } from '@private-lending/locale/languages';
import { type Area, type CatalogueOf, type EnglishOf, loadCatalogue } from '@private-lending/locale/load-catalogue';
import { type Catalogue, type Message, type Messages, type ParametersArgument, translate } from '@private-lending/locale/messages';

/** The text of a key, with its parameters filled in. */
export type Translate<A extends Area> = <Key extends keyof EnglishOf<A> & string>(
  key: Key,
  ...parameters: ParametersArgument<Extract<EnglishOf<A>[Key], Message>>
) => string;

/** An area of texts, as it is loaded. */
export interface LoadedTexts<A extends Area> {
  readonly catalogue: CatalogueOf<A>;
  readonly t: Translate<A>;
}

const loading = new Map<string, Promise<unknown>>();

/** Loads the texts of an area, once. The same promise each time, so that React can wait for it. */
export function loadTexts<A extends Area>(language: Language, area: A): Promise<LoadedTexts<A>> {
  const name = `${language}/${area}`;
  const texts = loading.get(name) ?? startLoading(name, language, area);
  return texts as Promise<LoadedTexts<A>>; // the type follows from the name
}

function startLoading(name: string, language: Language, area: Area): Promise<unknown> {
  const texts = loadCatalogue(language, area).then((catalogue) => ({ catalogue, t: translateBy(catalogue) }));
  loading.set(name, texts);
  texts.catch(() => loading.delete(name)); // the next call loads it again
  return texts;
}

function translateBy<English extends Messages>(catalogue: Catalogue<English>) {
  return <Key extends keyof English & string>(key: Key, ...parameters: ParametersArgument<English[Key]>) =>
    translate(catalogue, key, ...parameters);
}
