import type { Currency } from '@private-lending/locale/currencies';
import { type ClipboardEvent, type FocusEvent, type KeyboardEvent, useCallback, useState } from 'react';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { type Cell, cellOf, focusCell } from './cells.ts';
import { type Draft, rowsBeingSent } from './model/draft.ts';
import { type CellProblem, isMissing, type RowProblems, type Validation } from './model/validate.ts';
import { parsePaste } from './paste/parse-paste.ts';
import type { Field, Paste } from './paste/paste.ts';
import { PersonRow } from './person-row.tsx';
import type { InvitationStore } from './sending/invitation-store.ts';
import { moveOf } from './table-keys.ts';
import { useProblemText } from './use-problem-text.ts';
import './lender-table.css';

interface LenderTableProps {
  readonly draft: Draft;
  readonly store: InvitationStore;
  readonly validation: Validation;
  readonly currency: Currency;
  readonly isLocked: boolean;
  /** After an attempt to send: what is missing is marked too, and what is being typed. */
  readonly isChecked: boolean;
  readonly onPaste: (paste: Paste, cell: Cell) => void;
}

/** A table of inputs, one row for each person. */
export function LenderTable({ draft, store, validation, currency, isLocked, isChecked, onPaste }: LenderTableProps) {
  const t = useTexts('inviting');
  const { language } = useLocale();
  const describe = useProblemText(currency);
  const [typing, setTyping] = useState<Cell>();
  const onEdit = useCallback(
    (rowId: number, field: Field, value: string) => {
      setTyping({ rowId, field });
      store.dispatch({ type: 'edit', rowId, field, value });
    },
    [store],
  );
  const onRemove = useCallback((rowId: number) => removeRow(store, rowId), [store]);
  const onRemoveLeftovers = useCallback(
    (rowId: number) => {
      store.dispatch({ type: 'remove leftovers', rowId });
      focusCell({ rowId, field: 'name' });
    },
    [store],
  );
  const beingSent = rowsBeingSent(draft);
  const shownProblems = (rowId: number) => {
    if (beingSent.has(rowId)) return undefined; // the server may have invited them already: that is no mistake
    return isChecked ? validation.problems.get(rowId) : shownWhileTyping(rowId, validation, typing);
  };
  const paste = (event: ClipboardEvent) => {
    const cell = cellOf(event.target);
    const parsed = cell && parsePaste(event.clipboardData.getData('text/plain'), cell.field, currency);
    if (!parsed) return; // one value, for the field itself
    event.preventDefault();
    if (!isLocked) onPaste(parsed, cell);
  };
  const leave = ({ target }: FocusEvent) => {
    setTyping(undefined);
    const cell = cellOf(target);
    if (cell?.field === 'amount') store.dispatch({ type: 'finish amount', rowId: cell.rowId, format: { currency, language } });
  };
  return (
    <table role="table" className="people">
      <caption className="visually-hidden">
        {t('table.caption')}. {t('table.keys')}
      </caption>
      <TableHead currency={currency} />
      <tbody role="rowgroup" onPaste={paste} onKeyDown={(event) => pressKey(event, store)} onBlur={leave}>
        {draft.rows.map((row, index) => (
          <PersonRow
            key={row.id}
            row={row}
            number={index + 1}
            problems={shownProblems(row.id)}
            isLocked={isLocked}
            currency={currency.code}
            describe={describe}
            onEdit={onEdit}
            onRemove={onRemove}
            onRemoveLeftovers={onRemoveLeftovers}
          />
        ))}
      </tbody>
    </table>
  );
}

function TableHead({ currency }: { readonly currency: Currency }) {
  const t = useTexts('inviting');
  return (
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" className="person-number">
          {t('table.number')}
        </th>
        <th role="columnheader" scope="col">
          {t('table.email')}
        </th>
        <th role="columnheader" scope="col">
          {t('table.name')}
        </th>
        <th role="columnheader" scope="col" className="person-amount">
          {t('table.amount', { currency: currency.code })}
        </th>
        <th role="columnheader" scope="col">
          <span className="visually-hidden">{t('table.actions')}</span>
        </th>
      </tr>
    </thead>
  );
}

/** Not that something is missing, as it may be typed next, and nothing of the cell that is being typed in. */
function shownWhileTyping(rowId: number, { problems }: Validation, typing: Cell | undefined): RowProblems | undefined {
  const found = problems.get(rowId);
  if (!found) return undefined;
  const isShown = ([field, problem]: [string, CellProblem]) =>
    !isMissing(problem) && !(typing?.rowId === rowId && typing.field === field && problem.kind !== 'leftovers');
  const shown = Object.entries(found).filter(isShown);
  if (shown.length === 0) return undefined;
  return shown.length === Object.keys(found).length ? found : Object.fromEntries(shown);
}

function pressKey(event: KeyboardEvent, store: InvitationStore): void {
  const cell = cellOf(event.target);
  if (!cell || event.nativeEvent.isComposing) return;
  const { draft } = store.snapshot();
  if (
    event.key.toLowerCase() === 'z' &&
    (event.ctrlKey || event.metaKey) &&
    draft.undo?.isLast &&
    event.shiftKey === draft.undo.isRedo
  ) {
    event.preventDefault();
    store.dispatch({ type: 'undo' });
    return;
  }
  const { selectionStart, selectionEnd, value } = cell.input;
  const move = moveOf({
    key: event.key,
    hasModifier: event.ctrlKey || event.metaKey || event.altKey,
    hasShift: event.shiftKey,
    field: cell.field,
    isAtStart: selectionStart === 0 && selectionEnd === 0,
    isAtEnd: selectionStart === value.length && selectionEnd === value.length,
    isRightToLeft: getComputedStyle(cell.input).direction === 'rtl',
  });
  if (!move) return;
  event.preventDefault();
  const row = draft.rows[draft.rows.findIndex(({ id }) => id === cell.rowId) + move.rows];
  if (row) focusCell({ rowId: row.id, field: move.field });
}

/** The focus goes to the row below, or to the last one. */
function removeRow(store: InvitationStore, rowId: number): void {
  const index = store.snapshot().draft.rows.findIndex(({ id }) => id === rowId);
  store.dispatch({ type: 'remove row', rowId });
  const { rows } = store.snapshot().draft;
  const next = rows[Math.min(index, rows.length - 1)];
  requestAnimationFrame(() => next && focusCell({ rowId: next.id, field: 'email' }));
}
