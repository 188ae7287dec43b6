import type { Lender } from '@private-lending/client';
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { ROLES } from './roles.ts';

/** Rows are put into the document by the block, as far as they are near what is visible. */
const BLOCK_SIZE = 50;
/** Before a block was measured, and hardly seen. */
const ROW_HEIGHT_ESTIMATE = 64;
const NEAR = '1200px 0px';

interface RowWindowProps {
  readonly rows: readonly Lender[];
  readonly columns: number;
  readonly renderRow: (row: Lender, index: number) => ReactNode;
}

/** The bodies of a table of many rows. Rows of any height: a block that is far away has the height that it had. */
export function RowWindow({ rows, columns, renderRow }: RowWindowProps) {
  const starts = Array.from({ length: Math.ceil(rows.length / BLOCK_SIZE) }, (_, block) => block * BLOCK_SIZE);
  return starts.map((start) => (
    <Block key={start} start={start} rows={rows.slice(start, start + BLOCK_SIZE)} columns={columns} renderRow={renderRow} />
  ));
}

interface BlockProps extends RowWindowProps {
  readonly start: number;
}

const Block = memo(({ start, rows, columns, renderRow }: BlockProps) => {
  const body = useRef<HTMLTableSectionElement>(null);
  const [isNear, setNear] = useState(start === 0);
  const height = useRef(rows.length * ROW_HEIGHT_ESTIMATE);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        const element = entry.target;
        // Rows that leave would take the focus with them.
        if (!entry.isIntersecting && element.contains(document.activeElement)) return;
        if (!entry.isIntersecting) height.current = entry.boundingClientRect.height || height.current;
        setNear(entry.isIntersecting);
      },
      { rootMargin: NEAR },
    );
    if (body.current) observer.observe(body.current);
    return () => observer.disconnect();
  }, []);
  return (
    <tbody ref={body} {...ROLES.rowgroup}>
      {isNear ? (
        rows.map((row, index) => renderRow(row, start + index))
      ) : (
        <tr {...ROLES.presentation} className="row-window-gap">
          <td {...ROLES.presentation} colSpan={columns} style={{ blockSize: height.current }} />
        </tr>
      )}
    </tbody>
  );
}, hasSameRows);

function hasSameRows(before: BlockProps, after: BlockProps): boolean {
  return (
    before.renderRow === after.renderRow &&
    before.rows.length === after.rows.length &&
    before.rows.every((row, index) => row === after.rows[index])
  );
}
