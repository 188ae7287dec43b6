import { NotFoundError } from '@private-lending/client';
import { Button } from '../design/components/button.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';

interface ImportFailureProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onStartAgain: () => void;
}

/** In place of an import that can't be read. A check is kept for a day. */
export function ImportFailure({ error, onRetry, onStartAgain }: ImportFailureProps) {
  const t = useTexts('import');
  if (!(error instanceof NotFoundError)) return <ProblemNotice error={error} onRetry={onRetry} />;
  return (
    <>
      <p>{t('gone')}</p>
      <div>
        <Button variant="primary" onClick={onStartAgain}>
          {t('checked.again')}
        </Button>
      </div>
    </>
  );
}
