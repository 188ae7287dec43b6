import { createElement, Fragment, type ReactNode } from 'react';

const UNBROKEN = /(e-mails?)/i;

/** A heading, in which no line ends at the hyphen of “e-mail”. */
export function unbroken(title: ReactNode): ReactNode {
  if (typeof title !== 'string') return title;
  const parts = title
    .split(UNBROKEN)
    .map((part, index) => (index % 2 === 1 ? createElement('span', { className: 'unbroken' }, part) : part));
  return createElement(Fragment, undefined, ...parts);
}
