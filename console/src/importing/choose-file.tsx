import { type DragEvent, useId, useState } from 'react';
import { useTexts } from '../i18n/use-texts.ts';

interface ChooseFileProps {
  readonly onChoose: (file: File) => void;
  readonly error: string | undefined;
}

/** A field for one file, which can also be dropped on it. */
export function ChooseFile({ onChoose, error }: ChooseFileProps) {
  const t = useTexts('import');
  const id = useId();
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onChoose(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault(); // the browser would open the file
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is another way to use the field inside
    <div
      className={isOver ? 'choose-file choose-file-over' : 'choose-file'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id}>{t('choose.label')}</label>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={error === undefined ? undefined : true}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = ''; // the same file can be chosen again after it was changed
        }}
      />
      <p className="soft small" id={`${id}-hint`}>
        {t('choose.hint')}
      </p>
      <p className="field-error" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
}
