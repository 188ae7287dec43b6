import type { Area } from '@private-lending/locale/load-catalogue';
import { use } from 'react';
import { useLocale } from './locale-context.tsx';
import { loadTexts, type Translate } from './texts.ts';

/** The texts of an area. The component waits until they are loaded: a page names its areas in `app/routes.tsx`. */
export function useTexts<A extends Area>(area: A): Translate<A> {
  return use(loadTexts(useLocale().language, area)).t;
}
