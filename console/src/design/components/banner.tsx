import type { ReactNode } from 'react';
import './banner.css';

/** What applies to every page, below the header. */
export function Banner({ children }: { readonly children: ReactNode }) {
  return <p className="banner">{children}</p>;
}
