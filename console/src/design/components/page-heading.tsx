import { type ReactNode, useEffect, useRef } from 'react';
import './page-heading.css';

interface PageHeadingProps {
  /** Also the title of the document. */
  readonly title: string;
  readonly children?: ReactNode;
  /** Beside the heading. */
  readonly actions?: ReactNode;
}

/** The heading of a page. After navigation it gets the focus, so that screen readers start there. */
export function PageHeading({ title, children, actions }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Private Lending`;
  }, [title]);
  useEffect(() => {
    if (hasNavigated) heading.current?.focus({ preventScroll: true });
    hasNavigated = true;
  }, []);
  return (
    <div className="page-heading">
      <div className="stack">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
      {actions !== undefined && <div className="row">{actions}</div>}
    </div>
  );
}

/** The first page keeps the focus where the browser puts it. */
let hasNavigated = false;
