import type { Area } from '@private-lending/locale/load-catalogue';
import { type ComponentType, use } from 'react';
import { useLocale } from './locale-context.tsx';
import { loadTexts } from './texts.ts';

/**
 * A page that is shown when all its texts have been loaded. A part of a page that waits for texts later hides the whole page until
 * they are there, and takes the focus from its heading or from the field where the user types.
 */
export function withTexts<Props extends object>(Page: ComponentType<Props>, areas: readonly Area[]): ComponentType<Props> {
  return function PageWithTexts(props: Props) {
    const { language } = useLocale();
    const loading = areas.map((area) => loadTexts(language, area)); // all at once
    for (const texts of loading) use(texts);
    return <Page {...props} />;
  };
}
