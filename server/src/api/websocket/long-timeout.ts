/** The longest that a timer of Node waits; asked for more, it does not wait at all. */
const WAIT_MS_MAX = 2 ** 31 - 1;

/** Does `work` after a time of any length, unless it is called off before. @returns calls it off */
export function setLongTimeout(ms: number, work: () => void): () => void {
  let left = Math.max(0, ms);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(left, WAIT_MS_MAX);
    left -= part;
    timer = setTimeout(left > 0 ? wait : work, part);
  };
  wait();
  return () => clearTimeout(timer);
}
