/* How far something is, for whoever waits for it: a bar that is drawn anew in a terminal, a line now and then elsewhere. */

const BAR_WIDTH = 24;
const REDRAWN_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;

/** Tells how much of what is done. A total may be an estimate; a share of one thing has the total 1. */
export type ProgressReporter = (label: string, done: number, total: number) => void;

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** @param clock epoch milliseconds */
export function progressOn(output: Output, clock: () => number): { readonly tell: ProgressReporter; end(): void } {
  const isTerminal = output.isTTY === true;
  let phase = { label: '', since: 0, from: 0 };
  let toldAt = 0;
  let isLineOpen = false;

  function end(): void {
    if (isLineOpen) output.write('\n');
    isLineOpen = false;
  }

  return {
    end,
    tell(label, done, total) {
      const now = clock();
      const isNew = label !== phase.label;
      if (isNew) {
        end();
        phase = { label, since: now, from: done };
      }
      if (isNew && !isTerminal) toldAt = now; // what is quick is not worth a line
      const isDue = isTerminal ? isNew || done === total || now - toldAt >= REDRAWN_EVERY_MS : now - toldAt >= LINE_EVERY_MS;
      if (!isDue) return;
      toldAt = now;
      const line = `${label} ${lineOf(done, total, ((done - phase.from) * 1000) / Math.max(now - phase.since, 1))}`;
      output.write(isTerminal ? `\r${line}\x1b[K` : `${line}\n`);
      isLineOpen = isTerminal;
    },
  };
}

/** @param rate per second */
function lineOf(done: number, total: number, rate: number): string {
  const pace = `${figure(Math.round(rate))}/s`;
  if (done > total) return `${figure(done)}, ${pace}`; // the estimate was too low, so nobody knows the share
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
  if (total <= 1) return bar;
  const left = rate > 0 && done < total ? `, ${durationOf((total - done) / rate)} left` : '';
  return `${bar}  ${figure(done)} of ${figure(total)}, ${pace}${left}`;
}

function figure(count: number): string {
  return count.toLocaleString('en-US');
}

function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
