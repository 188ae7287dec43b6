import type { Import } from '@private-lending/client';
import { useAnnounced } from '../design/announcer.tsx';
import { Progress } from '../design/components/progress.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** How far an import is, and what it waits for. */
export function ImportProgress({ current }: { readonly current: Import }) {
  const t = useTexts('import');
  const { dateTime } = useLocale();
  const { rows_done: done, rows_total: count, resumes_at: resumesAt, status, dry_run: isCheck } = current;
  const text = t(isCheck ? 'progress.check' : 'progress.run', { done, count });
  const waiting =
    resumesAt === null
      ? undefined
      : t(status === 'waiting' ? 'progress.waiting' : 'progress.retrying', { time: dateTime(resumesAt) });
  useAnnounced(waiting);
  return (
    <section className="stack">
      <Progress done={done} count={count} text={text} />
      {waiting !== undefined && <p className="notice notice-waiting">{waiting}</p>}
      {!isCheck && <p className="soft">{t('progress.leave')}</p>}
    </section>
  );
}
