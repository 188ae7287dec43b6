import { useMemo } from 'react';
import { WideTable } from '../design/components/wide-table.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import type { ChosenFile } from './chosen-file.ts';
import { hasRequiredColumns, isSameTitle, previewColumns } from './preview-columns.ts';

/** The columns of the file and what they are read as, with the first rows. */
export function ColumnPreview({ file }: { readonly file: ChosenFile }) {
  const t = useTexts('import');
  const preview = useMemo(() => previewColumns(file.text), [file]);
  return (
    <div className="stack">
      <h2 id="import-columns">{t('columns.title', { file: file.name })}</h2>
      {file.encoding === 'windows-1252' && <p>{t('columns.encoding')}</p>}
      {!hasRequiredColumns(preview) && <p className="field-error">{t('columns.missing')}</p>}
      {preview && (
        <WideTable labelledBy="import-columns">
          <thead>
            <tr>
              {preview.columns.map(({ title, use }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns may have the same name
                <th key={index} scope="col" className={`column-${use}`}>
                  {!isSameTitle(title, t(`columns.${use}`)) && <bdi>{title}</bdi>}
                  <span className="column-use">{t(`columns.${use}`)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.samples.map((cells, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows don't change
              <tr key={row}>
                {cells.map((cell, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the cells don't change
                  <td key={index} className={`column-${preview.columns[index]?.use}`}>
                    <bdi>{cell}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </WideTable>
      )}
    </div>
  );
}
