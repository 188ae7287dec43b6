import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useAction } from '../app/use-action.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { takePastedFile } from '../inviting/pasted-file.ts';
import { ChooseFile } from './choose-file.tsx';
import { type ChosenFile, keepCheck, keepChosenFile, readChosenFile, readLastRun } from './chosen-file.ts';
import { ColumnPreview } from './column-preview.tsx';
import { decodeFile, FILE_BYTES_MAX } from './decode-file.ts';
import { EXAMPLE_FILE } from './example-file.ts';
import { fileErrorText } from './file-error-text.ts';
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
  const announce = useAnnounce();
  const [file, setFile] = useState(() => readChosenFile(userId, loanId));
  const [problem, setProblem] = useState<string>();
  const check = useAction({
    mutationFn: (chosen: ChosenFile) => checkFile(loanId, chosen),
    onSuccess: (checkId, chosen) => keepCheck(userId, loanId, chosen, checkId),
  });
  // Only from this page: not after the user has left it or has chosen another file.
  const start = (chosen: ChosenFile) => check.mutate(chosen, { onSuccess: onChecked });
  const lastChosen = useRef<File>(undefined);
  const choose = async (chosen: File) => {
    lastChosen.current = chosen;
    check.reset();
    const decoded = await readFile(chosen);
    if (lastChosen.current !== chosen) return;
    const found = 'problem' in decoded ? t(`problem.${decoded.problem}`) : undefined;
    setProblem(found);
    announce(found ?? t('columns.title', { file: chosen.name }));
    if ('problem' in decoded) return;
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
        <div className="import-example">
          <Button variant="quiet" onClick={() => saveCsv(EXAMPLE_FILE, t('choose.exampleName'))}>
            {t('choose.example')}
          </Button>
        </div>
      )}
      {file && (
        <>
          <ColumnPreview file={file} />
          <p>{t('check.text')}</p>
          {check.error && <ProblemNotice error={check.error} text={fileErrorText(check.error, t)} onRetry={() => start(file)} />}
          <div className="row">
            <Button variant="primary" isBusy={check.isPending} onClick={() => start(file)}>
              {t('check.button')}
            </Button>
            {check.isPending && <p>{t('check.uploading')}</p>}
          </div>
        </>
      )}
    </>
  );
}

async function readFile(file: File): Promise<ReturnType<typeof decodeFile>> {
  if (file.size > FILE_BYTES_MAX) return { problem: 'tooLarge' };
  try {
    return decodeFile(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return { problem: 'notText' }; // a folder, or a file that is gone
  }
}
