import type { Row } from './model/rows.ts';
import type { Validation } from './model/validate.ts';
import { FIELDS, type Field } from './paste/paste.ts';

/* The cells of the table in the page. */

export interface Cell {
  readonly rowId: number;
  readonly field: Field;
}

export function cellId({ rowId, field }: Cell): string {
  return `invite-${rowId}-${field}`;
}

/** @returns undefined for what is not in a cell */
export function cellOf(target: EventTarget): (Cell & { readonly input: HTMLInputElement }) | undefined {
  if (!(target instanceof HTMLInputElement)) return undefined;
  const [, rowId, name] = /^invite-(\d+)-(\w+)$/.exec(target.id) ?? [];
  const field = FIELDS.find((each) => each === name);
  return rowId === undefined || field === undefined ? undefined : { rowId: Number(rowId), field, input: target };
}

export function focusCell(cell: Cell | undefined): void {
  const input = cell && document.getElementById(cellId(cell));
  input?.focus();
  if (input instanceof HTMLInputElement) input.select();
}

/** The first cell with a problem that a filter lets through. */
export function firstProblem(
  rows: readonly Row[],
  { problems }: Validation,
  counts: (cell: Cell) => boolean = () => true,
): Cell | undefined {
  for (const { id } of rows) {
    const found = problems.get(id);
    const field = FIELDS.find((name) => found?.[name] && counts({ rowId: id, field: name }));
    if (field) return { rowId: id, field };
  }
  return undefined;
}
