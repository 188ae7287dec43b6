import type { ReactNode } from 'react';
import './empty-state.css';

/** In place of an empty list: why it is empty, and the next step. */
export function EmptyState({ children, action }: { readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="empty-state">
      <p>{children}</p>
      {action}
    </div>
  );
}
