import type { Language } from './languages.ts';
import type { Catalogue } from './messages.ts';

/** The English messages of each area. They define the keys and parameters. */
interface English {
  readonly common: typeof import('./catalogues/en/common.ts').messages;
  readonly 'sign-in': typeof import('./catalogues/en/sign-in.ts').messages;
  readonly loans: typeof import('./catalogues/en/loans.ts').messages;
  readonly inviting: typeof import('./catalogues/en/inviting.ts').messages;
  readonly import: typeof import('./catalogues/en/import.ts').messages;
  readonly invitations: typeof import('./catalogues/en/invitations.ts').messages;
  readonly repayment: typeof import('./catalogues/en/repayment.ts').messages;
  readonly errors: typeof import('./catalogues/en/errors.ts').messages;
  readonly operator: typeof import('./catalogues/en/operator.ts').messages;
}

/** A part of the console's texts. Those of mails are not loaded: the server imports `catalogues/en/mails.ts` and its translations. */
export type Area = keyof English;
export type EnglishOf<A extends Area> = English[A];
export type CatalogueOf<A extends Area> = Catalogue<EnglishOf<A>>;

type Loaders = { readonly [A in Area]: () => Promise<{ readonly messages: CatalogueOf<A>['messages'] }> };

/** Spelled out, so that a bundler makes a file of each. */
const loaders: Readonly<Record<Language, Loaders>> = {
  en: {
    common: () => import('./catalogues/en/common.ts'),
    'sign-in': () => import('./catalogues/en/sign-in.ts'),
    loans: () => import('./catalogues/en/loans.ts'),
    inviting: () => import('./catalogues/en/inviting.ts'),
    import: () => import('./catalogues/en/import.ts'),
    invitations: () => import('./catalogues/en/invitations.ts'),
    repayment: () => import('./catalogues/en/repayment.ts'),
    errors: () => import('./catalogues/en/errors.ts'),
    operator: () => import('./catalogues/en/operator.ts'),
  },
  de: {
    common: () => import('./catalogues/de/common.ts'),
    'sign-in': () => import('./catalogues/de/sign-in.ts'),
    loans: () => import('./catalogues/de/loans.ts'),
    inviting: () => import('./catalogues/de/inviting.ts'),
    import: () => import('./catalogues/de/import.ts'),
    invitations: () => import('./catalogues/de/invitations.ts'),
    repayment: () => import('./catalogues/de/repayment.ts'),
    errors: () => import('./catalogues/de/errors.ts'),
    operator: () => import('./catalogues/de/operator.ts'),
  },
};

/** Loads the messages of an area, once: a module is loaded once. Two areas or languages share no download. */
export async function loadCatalogue<A extends Area>(language: Language, area: A): Promise<CatalogueOf<A>> {
  const load: Loaders[A] = loaders[language][area];
  const { messages } = await load();
  return { language, messages };
}
