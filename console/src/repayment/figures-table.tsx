import type { ReactNode } from 'react';

interface FiguresTableProps {
  readonly title: string;
  /** Headings of the columns. The first column has the headings of the rows. */
  readonly columns: readonly string[];
  readonly isOpen?: boolean;
  /** Rows of the table. */
  readonly children: ReactNode;
}

/** A table of figures that users fold out. It scrolls within itself where the screen is narrow. */
export function FiguresTable({ title, columns, isOpen = false, children }: FiguresTableProps) {
  return (
    <details className="repayment-details" open={isOpen || undefined}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by keyboard */}
      <section className="repayment-table" tabIndex={0} aria-label={title}>
        <table className="data-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </section>
    </details>
  );
}
