import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { shownPercent } from './figures.ts';
import './score-bar.css';

interface ScoreBarProps {
  /** Probability, 0 to 1; null where it could not be computed. */
  readonly score: number | null;
  readonly isLarge?: boolean;
}

/** A score as a figure, and as a bar beside it that says no more. */
export function ScoreBar({ score, isLarge = false }: ScoreBarProps) {
  const { percent } = useLocale();
  const t = useTexts('operator');
  const shown = score === null ? undefined : shownPercent(score);
  return (
    <p className={isLarge ? 'score score-large' : 'score'}>
      <span className="score-figure figures">
        <span className="visually-hidden">{t('score')}: </span>
        {shown === undefined ? t('notScored') : percent(shown)}
      </span>
      {shown !== undefined && <Bar part={shown / 100} />}
    </p>
  );
}

/** @param props.part of its whole width, 0 to 1 */
export function Bar({ part }: { readonly part: number }) {
  return (
    <span className="bar" aria-hidden="true">
      <span className="bar-part" style={{ inlineSize: `${100 * part}%` }} />
    </span>
  );
}
