import type { ReactNode } from 'react';
import { ROLES } from '../table-roles.ts';
import './wide-table.css';

interface WideTableProps {
  /** Id of the heading that names the table. */
  readonly labelledBy: string;
  /** The parts of a table. */
  readonly children: ReactNode;
}

/** A table for reading, which scrolls to the side where it is wider than the page. */
export function WideTable({ labelledBy, children }: WideTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what can have the focus
    <section className="wide-table" tabIndex={0} aria-labelledby={labelledBy}>
      <table {...ROLES.table} className="data-table" aria-labelledby={labelledBy}>
        {children}
      </table>
    </section>
  );
}
