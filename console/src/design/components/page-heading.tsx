import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { breakable } from '../breakable.tsx';
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
  useLayoutEffect(() => {
    const element = heading.current;
    const { pathname } = window.location;
    const isOtherPage = shownPath !== undefined && shownPath !== pathname;
    if (isOtherPage || hadFocus) element?.focus({ preventScroll: true });
    shownPath = pathname;
    hadFocus = false;
    return () => {
      hadFocus = document.activeElement === element;
    };
  }, []);
  return (
    <div className="page-heading">
      <div className="stack">
        <h1 ref={heading} tabIndex={-1}>
          {breakable(title)}
        </h1>
        {children}
      </div>
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

/** The first page keeps the focus where the browser puts it, and a page that has loaded where the user has put it. */
let shownPath: string | undefined;
/** Whether the heading before this one had the focus. */
let hadFocus = false;
