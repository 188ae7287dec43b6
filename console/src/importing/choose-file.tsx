import { useId, useState } from 'react';
import { useTexts } from '../i18n/use-texts.ts';

interface ChooseFileProps {
  readonly onChoose: (file: File) => void;
  readonly error: string | undefined;
  /** A file was chosen: another action is the main one then. */
  readonly hasFile: boolean;
}

/** A field for one file. It covers the whole area, so that a file can be dropped anywhere on it. */
export function ChooseFile({ onChoose, error, hasFile }: ChooseFileProps) {
  const t = useTexts('import');
  const id = useId();
  const [isOver, setOver] = useState(false);
  return (
    <div className={isOver ? 'choose-file choose-file-over' : 'choose-file'}>
      <p className="row">
        <label htmlFor={id} className={hasFile ? 'button' : 'button button-primary'}>
          {t('choose.label')}
        </label>
        {t('choose.drop')}
      </p>
      <p className="soft small" id={`${id}-hint`}>
        {t('choose.hint')}
      </p>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}
        aria-invalid={error === undefined ? undefined : true}
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onChoose(file);
          event.target.value = ''; // the same file can be chosen again after it was changed
        }}
      />
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
