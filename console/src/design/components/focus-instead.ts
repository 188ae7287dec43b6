/**
 * For a part of a page that may go away with the focus in it, such as a notice with the button that was pressed.
 * @returns the cleanup of a layout effect, which runs while the part still has the focus: the focus moves to what is named above it
 */
export function focusInstead(part: HTMLElement | null): () => void {
  return () => {
    if (!part?.contains(document.activeElement)) return;
    const dialog = part.closest('dialog');
    setTimeout(() => {
      const isLost =
        document.activeElement === null || document.activeElement === document.body || document.activeElement === dialog;
      const heading = dialog ? dialog.querySelector<HTMLElement>('h2') : document.querySelector<HTMLElement>('main h1');
      if (isLost) heading?.focus({ preventScroll: true });
    });
  };
}
