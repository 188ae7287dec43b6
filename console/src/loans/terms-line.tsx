import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useTermText } from './use-term-text.ts';

/** Such as `4.5% a year, 36 months (3 years)`. */
export function TermsLine({ rate, months }: { readonly rate: number; readonly months: number }) {
  const { percent } = useLocale();
  const t = useTexts('loans');
  const describeTerm = useTermText();
  return <span className="figures">{t('terms', { rate: percent(rate), months: describeTerm(months) })}</span>;
}
