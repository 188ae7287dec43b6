import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useAction } from '../app/use-action.ts';
import { Button } from '../design/components/button.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { takePastedFile } from '../inviting/pasted-file.ts';
import { ChooseFile } from './choose-file.tsx';
import { type ChosenFile, keepChosenFile, readChosenFile, readLastRun } from './chosen-file.ts';
import { ColumnPreview } from './column-preview.tsx';
import { decodeFile, FILE_BYTES_MAX } from './decode-file.ts';
import { EXAMPLE_FILE } from './example-file.ts';
import { saveCsv } from './save-file.ts';
import { checkFile } from './use-import.ts';

interface FileStepProps {
  readonly loanId: string;
  readonly userId: string;
  readonly onChecked: (importId: string) => void;
}

/** The first step: a file, how its columns are read, and the check of all its rows. */
export function FileStep({ loanId, userId, onChecked }: FileStepProps) {
  const t = useTexts('import');
  const [file, setFile] = useState(() => restoreFile(userId, loanId));
  const [problem, setProblem] = useState<string>();
  const check = useAction({ mutationFn: (chosen: ChosenFile) => checkFile(loanId, chosen), onSuccess: onChecked });
  const choose = async (chosen: File) => {
    check.reset();
    const decoded = await readFile(chosen);
    if ('problem' in decoded) return setProblem(t(`problem.${decoded.problem}`));
    setProblem(undefined);
    const next = { name: chosen.name, ...decoded, id: crypto.randomUUID() };
    keepChosenFile(userId, loanId, next);
    setFile(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a paste is taken once, when the page opens
  useEffect(() => {
    const pasted = takePastedFile(loanId);
    if (pasted) void choose(pasted);
  }, []);
  const [lastRun] = useState(() => readLastRun(userId, loanId));
  return (
    <>
      {lastRun !== undefined && (
        <p className="notice">
          {t('lastRun.text')}{' '}
          <Link href={`/app/loans/${loanId}/import?run=${encodeURIComponent(lastRun)}`}>{t('lastRun.link')}</Link>
        </p>
      )}
      <ChooseFile onChoose={(chosen) => void choose(chosen)} error={problem} hasFile={file !== undefined} />
      {!file && (
        <div>
          <Button variant="quiet" onClick={() => saveCsv(EXAMPLE_FILE, t('choose.exampleName'))}>
            {t('choose.example')}
          </Button>
        </div>
      )}
      {file && (
        <>
          <ColumnPreview file={file} />
          <p>{t('check.text')}</p>
          {check.error && <ProblemNotice error={check.error} onRetry={() => check.mutate(file)} />}
          <div className="row">
            <Button variant="primary" isBusy={check.isPending} onClick={() => check.mutate(file)}>
              {t('check.button')}
            </Button>
            {check.isPending && <p>{t('check.uploading')}</p>}
          </div>
        </>
      )}
    </>
  );
}

/** The file that was chosen before. Checking it again is another check, as the loan may have changed. */
function restoreFile(userId: string, loanId: string): ChosenFile | undefined {
  const kept = readChosenFile(userId, loanId);
  const file = kept && { ...kept, id: crypto.randomUUID() };
  if (file) keepChosenFile(userId, loanId, file);
  return file;
}

async function readFile(file: File): Promise<ReturnType<typeof decodeFile>> {
  if (file.size > FILE_BYTES_MAX) return { problem: 'tooLarge' };
  try {
    return decodeFile(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return { problem: 'notText' }; // a folder, or a file that is gone
  }
}
