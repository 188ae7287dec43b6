/** A timer of Node waits no longer than this; set to more, it fires at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** `setTimeout` for a time of any length. @returns cancels it */
export function setLongTimeout(ms: number, callback: () => void): () => void {
  let remaining = Math.max(0, ms);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(remaining, TIMEOUT_MS_MAX);
    remaining -= part;
    timer = setTimeout(remaining > 0 ? wait : callback, part);
  };
  wait();
  return () => clearTimeout(timer);
}
