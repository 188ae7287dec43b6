/* Standard output and error that their reader closes, or that can't be written; and signals. */

const END = 1;

/**
 * Ends quietly when the reader of standard output has gone, as in `lending invitations | head -1`: whatever the command
 * changed is done before it prints. Without a reader of standard error, its messages are dropped.
 */
export function endOnClosedOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    process.stderr.write(`The output can't be written: ${error.message}\n`);
    process.exit(END);
  });
}

/** For the server, which serves on when nobody reads what it printed at its start. */
export function ignoreClosedOutput(): void {
  process.stdout.removeAllListeners('error').on('error', () => {});
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `notify` before a signal ends the process, as it does by default. @returns a function that stops this */
export function onInterrupt(notify: () => void): () => void {
  const remove = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  const end = (signal: NodeJS.Signals): void => {
    remove();
    notify();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return remove;
}
