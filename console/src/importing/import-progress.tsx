import type { Import } from '@private-lending/client';
import { useEffect } from 'react';
import { useAnnounce } from '../design/announcer.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** How far an import is, and what it waits for. */
export function ImportProgress({ current }: { readonly current: Import }) {
  const t = useTexts('import');
  const { dateTime } = useLocale();
  const announce = useAnnounce();
  const { rows_done: done, rows_total: count, resumes_at: resumesAt, status, dry_run: isCheck } = current;
  const text = t(isCheck ? 'progress.check' : 'progress.run', { done, count });
  useEffect(() => announce(text), [announce, text]);
  return (
    <section className="stack">
      <p className="figures">{text}</p>
      <progress className="progress" max={count} value={done} aria-label={text} />
      {resumesAt !== null && (
        <p className="import-waiting">
          {t(status === 'waiting' ? 'progress.waiting' : 'progress.retrying', { time: dateTime(resumesAt) })}
        </p>
      )}
      {!isCheck && <p className="soft">{t('progress.leave')}</p>}
    </section>
  );
}
