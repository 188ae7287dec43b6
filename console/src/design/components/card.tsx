import type { ReactNode } from 'react';
import { unbroken } from './unbroken.ts';
import './card.css';

/** A sheet of paper on the page. With a title it is a section of its own. */
export function Card({ title, children }: { readonly title?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="card stack">
      {title !== undefined && <h2>{unbroken(title)}</h2>}
      {children}
    </section>
  );
}
