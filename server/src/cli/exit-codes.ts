/** Exit codes by kind of failure, the same for all commands. Signals end a command with 128 and their number. */
export const EXIT = { ok: 0, unexpected: 1, usage: 2, rejected: 3, unavailable: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For help. */
export const EXIT_CODES_HELP = [
  'Exit codes:',
  '  0  done',
  '  1  an unexpected error, of the program or the server',
  '  2  usage: arguments, settings, files or the store must be changed first',
  '  3  the server rejected the request, or the import failed',
  '  4  the server or the database is unavailable or limits requests: try again later',
].join('\n');

const LATER: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

export function exitCodeOfStatus(status: number): ExitCode {
  if (LATER.has(status)) return EXIT.unavailable;
  return status >= 400 && status < 500 ? EXIT.rejected : EXIT.unexpected;
}
