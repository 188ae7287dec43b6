import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { LiveRegion } from '../announcer.tsx';
import { unbroken } from './unbroken.ts';
import './dialog.css';

interface DialogProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the safe one first. */
  readonly actions: ReactNode;
  readonly onClose: () => void;
}

/** A modal dialog. It takes the focus, closes by Escape, and the browser gives the focus back where it was. */
export function Dialog({ title, children, actions, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // The cleanup of a layout effect runs before the element is gone: only a dialog that is closed gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      setTimeout(() => focusAfter(opener));
    };
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onClose} onClose={onClose}>
      <div className="stack">
        <h2 id={titleId} tabIndex={-1}>
          {unbroken(title)}
        </h2>
        {children}
        <div className="dialog-actions">{actions}</div>
      </div>
      <LiveRegion />
    </dialog>
  );
}

/** The opener may be gone: what the dialog did has ended what it was for. */
function focusAfter(opener: Element | null): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const target = opener instanceof HTMLElement && opener.isConnected ? opener : document.querySelector<HTMLElement>('main h1');
  target?.focus({ preventScroll: true });
}
