import { memo } from 'react';
import { Button } from '../design/components/button.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { cellId } from './cells.ts';
import type { Row } from './model/rows.ts';
import type { CellProblem, RowProblems } from './model/validate.ts';
import { FIELDS, type Field } from './paste/paste.ts';

interface PersonRowProps {
  readonly row: Row;
  /** From 1. */
  readonly number: number;
  readonly problems: RowProblems | undefined;
  /** While it is being sent. */
  readonly isLocked: boolean;
  readonly currency: string;
  readonly describe: (problem: CellProblem) => string;
  readonly onEdit: (rowId: number, field: Field, value: string) => void;
  readonly onRemove: (rowId: number) => void;
  readonly onRemoveLeftovers: (rowId: number) => void;
}

/** A person to invite: on a phone a card, else a row. The explicit roles stay where a style makes cards of the rows. */
export const PersonRow = memo(function PersonRow(props: PersonRowProps) {
  const { row, number, isLocked, onRemove } = props;
  const t = useTexts('inviting');
  return (
    <tr role="row" className="person">
      <th role="rowheader" scope="row" className="person-number figures">
        {number}
      </th>
      {FIELDS.map((field) => (
        <PersonCell key={field} {...props} field={field} />
      ))}
      <td role="cell" className="person-remove">
        <Button
          variant="quiet"
          aria-label={t('table.remove', { row: number })}
          disabled={isLocked}
          onClick={() => onRemove(row.id)}
        >
          <span aria-hidden="true">×</span>
        </Button>
      </td>
    </tr>
  );
});

/** What browsers and keyboards on screens should know of a field. They have nothing to fill in: these are other people. */
const ATTRIBUTES = {
  email: { inputMode: 'email', autoCapitalize: 'off', spellCheck: false },
  name: { autoCapitalize: 'words', spellCheck: false, dir: 'auto' },
  amount: { inputMode: 'decimal', spellCheck: false },
} as const;

function PersonCell({
  row,
  number,
  problems,
  isLocked,
  currency,
  describe,
  onEdit,
  onRemoveLeftovers,
  field,
}: PersonRowProps & { readonly field: Field }) {
  const t = useTexts('inviting');
  const id = cellId({ rowId: row.id, field });
  const problem = problems?.[field];
  const label = field === 'amount' ? t('table.amount', { currency }) : t(`table.${field}`);
  return (
    <td role="cell" className={`person-cell person-${field}`}>
      <label htmlFor={id} className="person-label">
        {label}
        <span className="visually-hidden">, {t('table.ofRow', { row: number })}</span>
      </label>
      <input
        {...ATTRIBUTES[field]}
        id={id}
        className="person-input"
        value={row[field]}
        readOnly={isLocked}
        autoComplete="off"
        enterKeyHint="next"
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        onChange={(event) => onEdit(row.id, field, event.target.value)}
      />
      {problem !== undefined && (
        <p className="field-error" id={`${id}-problem`}>
          {describe(problem)}
          {problem.kind === 'leftovers' && <> {row.leftovers.map((text) => t('table.leftovers', { text })).join(' ')}</>}
        </p>
      )}
      {problem?.kind === 'leftovers' && (
        <Button variant="quiet" aria-describedby={`${id}-problem`} disabled={isLocked} onClick={() => onRemoveLeftovers(row.id)}>
          {t('table.removeLeftovers')}
        </Button>
      )}
      {field === 'name' && row.notes.length > 0 && (
        <p className="soft small">{t('table.notSent', { text: row.notes.join('; ') })}</p>
      )}
    </td>
  );
}
