/** Roles of a table, written out: on a phone its rows are cards, and some browsers drop roles of tables that are displayed otherwise. */
export const ROLES = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
  presentation: { role: 'presentation' },
} as const;
