import type { ReactNode } from 'react';
import { ROLES } from '../design/table-roles.ts';

interface FiguresTableProps {
  readonly title: string;
  /** Headings of the columns. The first column has the headings of the rows. */
  readonly columns: readonly string[];
  readonly isOpen?: boolean;
  /** Of the table. */
  readonly className?: string;
  /** Rows of the table. */
  readonly children: ReactNode;
}

/** A table of figures that users fold out. It scrolls within itself where the screen is narrow. */
export function FiguresTable({ title, columns, isOpen = false, className = '', children }: FiguresTableProps) {
  return (
    <details className="repayment-details" open={isOpen || undefined}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by keyboard */}
      <section className="repayment-table" tabIndex={0} aria-label={title}>
        <table {...ROLES.table} className={`data-table ${className}`}>
          <thead {...ROLES.rowgroup}>
            <tr {...ROLES.row}>
              {columns.map((column) => (
                <th key={column} {...ROLES.columnheader} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody {...ROLES.rowgroup}>{children}</tbody>
        </table>
      </section>
    </details>
  );
}
