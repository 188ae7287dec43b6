import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** Such as `4.5% a year, 36 months`. */
export function TermsLine({ rate, months }: { readonly rate: number; readonly months: number }) {
  const { percent } = useLocale();
  const t = useTexts('loans');
  return <span className="figures">{t('terms', { rate: percent(rate), months: t('months', { count: months }) })}</span>;
}
