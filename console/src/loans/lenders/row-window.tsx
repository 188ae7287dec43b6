import type { Lender } from '@private-lending/client';
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { ROLES } from '../../design/table-roles.ts';

/** So many rows are all in the document: search in the page finds them, and screen readers read them. */
const WHOLE_ROWS_MAX = 100;
/** Rows of longer lists are put into the document by the block, as far as they are near what is visible. */
const BLOCK_SIZE = 20;
/** Blocks that are there from the start. */
const BLOCKS_AT_FIRST = 2;
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
  const [nearness] = useState(() => new Nearness());
  useEffect(() => () => nearness.stop(), [nearness]);
  const starts = Array.from({ length: Math.ceil(rows.length / BLOCK_SIZE) }, (_, block) => block * BLOCK_SIZE);
  return starts.map((start) => (
    <Block
      key={start}
      start={start}
      rows={rows.slice(start, start + BLOCK_SIZE)}
      columns={columns}
      renderRow={renderRow}
      nearness={rows.length <= WHOLE_ROWS_MAX ? undefined : nearness}
    />
  ));
}

type OnNearness = (isNear: boolean, height: number) => void;

/** Reports which elements are near what is visible. One observer for all, as there may be thousands. */
class Nearness {
  readonly #listeners = new Map<Element, OnNearness>();
  #observer: IntersectionObserver | undefined;

  observe(element: Element, listener: OnNearness): () => void {
    this.#observer ??= new IntersectionObserver((entries) => this.#report(entries), { rootMargin: NEAR });
    this.#listeners.set(element, listener);
    this.#observer.observe(element);
    return () => {
      this.#listeners.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  #report(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of entries)
      this.#listeners.get(target)?.(isIntersecting, boundingClientRect.height);
  }
}

interface BlockProps extends RowWindowProps {
  readonly start: number;
  /** Undefined where the rows are shown wherever they are. */
  readonly nearness: Nearness | undefined;
}

const Block = memo(({ start, rows, columns, renderRow, nearness }: BlockProps) => {
  const body = useRef<HTMLTableSectionElement>(null);
  const [isShown, setShown] = useState(!nearness || start < BLOCKS_AT_FIRST * BLOCK_SIZE);
  const height = useRef(rows.length * ROW_HEIGHT_ESTIMATE);
  useEffect(() => {
    const element = body.current;
    if (element === null || !nearness) return undefined;
    return nearness.observe(element, (isNear, measured) => {
      // Rows that leave would take the focus with them.
      if (!isNear && element.contains(document.activeElement)) return;
      if (!isNear && measured > 0) height.current = measured;
      setShown(isNear);
    });
  }, [nearness]);
  return (
    <tbody ref={body} {...ROLES.rowgroup}>
      {isShown || !nearness ? (
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
    before.nearness === after.nearness &&
    before.rows.length === after.rows.length &&
    before.rows.every((row, index) => row === after.rows[index])
  );
}
