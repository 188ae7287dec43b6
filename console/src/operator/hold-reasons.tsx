import type { Hold } from '@private-lending/client';
import { Card } from '../design/components/card.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useFeatureText } from './feature-text.ts';
import { oddsFactor } from './figures.ts';
import { Bar, ScoreBar } from './score-bar.tsx';

/** The score, and what has raised it. */
export function HoldReasons({ hold: { score, reasons, model_version: version } }: { readonly hold: Hold }) {
  const t = useTexts('operator');
  return (
    <Card title={t('scoreTitle')}>
      <div>
        <ScoreBar score={score} isLarge />
        <p className="soft small">{score === null ? t('notScoredText') : t('scoreText', { version })}</p>
      </div>
      {score !== null && reasons.length === 0 && <p>{t('noReasons')}</p>}
      {score !== null && reasons.length > 0 && <Reasons reasons={reasons} />}
    </Card>
  );
}

function Reasons({ reasons }: Pick<Hold, 'reasons'>) {
  const t = useTexts('operator');
  const describe = useFeatureText();
  const largest = Math.max(...reasons.map(({ contribution }) => contribution));
  return (
    <section className="hold-reasons stack">
      <h3>{t('reasons')}</h3>
      <ul className="stack">
        {reasons.map((reason) => {
          const { text, lang } = describe(reason);
          return (
            <li key={reason.feature} className="hold-reason">
              <span className="hold-reason-text" lang={lang}>
                {text}
              </span>
              <span className="hold-reason-factor figures">{t('factor', { factor: oddsFactor(reason.contribution) })}</span>
              <Bar part={Math.max(0, reason.contribution) / largest} />
            </li>
          );
        })}
      </ul>
      <p className="soft small">{t('reasonsText')}</p>
    </section>
  );
}
