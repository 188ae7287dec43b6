/* Progress of long commands: a bar in a terminal, an occasional line elsewhere. */

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
const LINE_MS = 5000;

/** A total may be an estimate. For a fraction of 1, the total is 1. */
export type ProgressReporter = (label: string, done: number, total: number) => void;

export interface Progress {
  readonly report: ProgressReporter;
  /** Prints a separate line. */
  readonly printLine: (line: string) => void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows progress on standard error while it works, unless only JSON is wanted. */
export async function withProgress<Result>(json: true | undefined, work: (progress: Progress) => Promise<Result>): Promise<Result> {
  const { report, end } = createProgress(json ? { write() {} } : process.stderr, Date.now);
  const printLine = (line: string) => {
    end();
    if (!json) process.stderr.write(`${line}\n`);
  };
  try {
    return await work({ report, printLine });
  } finally {
    end();
  }
}

/**
 * @param clock epoch milliseconds
 * @internal exported for tests
 */
export function createProgress(output: Output, clock: () => number): { readonly report: ProgressReporter; end(): void } {
  const isTerminal = output.isTTY === true;
  let phase = { label: '', startedAt: 0, startedWith: 0 };
  let reportedAt = 0;
  let isLineOpen = false;

  function end(): void {
    if (isLineOpen) output.write('\n');
    isLineOpen = false;
  }

  return {
    end,
    report(label, done, total) {
      const now = clock();
      const isNew = label !== phase.label;
      if (isNew) {
        end();
        phase = { label, startedAt: now, startedWith: done };
      }
      if (isNew && !isTerminal) reportedAt = now; // a quick phase prints no line
      const elapsedMs = now - reportedAt;
      const isDue = isTerminal ? isNew || done === total || elapsedMs >= REDRAW_MS : elapsedMs >= LINE_MS;
      if (!isDue) return;
      reportedAt = now;
      const rate = ((done - phase.startedWith) * 1000) / Math.max(now - phase.startedAt, 1);
      const line = `${label} ${formatProgress(done, total, rate)}`;
      output.write(isTerminal ? `\r${line}\x1b[K` : `${line}\n`);
      isLineOpen = isTerminal;
    },
  };
}

/** @param rate per second */
function formatProgress(done: number, total: number, rate: number): string {
  const pace = `${formatCount(Math.round(rate))}/s`;
  if (done > total) return `${formatCount(done)}, ${pace}`; // the total was estimated too low
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
  if (total <= 1) return bar;
  const left = rate > 0 && done < total ? `, ${formatDuration((total - done) / rate)} left` : '';
  return `${bar}  ${formatCount(done)} of ${formatCount(total)}, ${pace}${left}`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
