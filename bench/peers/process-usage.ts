import { readdirSync, readFileSync } from 'node:fs';

/* What processes have used, from Linux's /proc. The figures of ended children are added to those of their parent. */

export interface Usage {
  readonly cpuMs: number;
  /** Handed to the disk, or dirtied in the page cache. */
  readonly writtenBytes: number;
}

/** Of `utime` and the like: USER_HZ is 100 on all Linux that Node runs on. */
const TICK_MS = 10;

interface ProcessStat {
  readonly parent: number;
  /** Own and of ended children. */
  readonly cpuMs: number;
}

/** @returns undefined if there is no such process any more */
function readProc(pid: number | string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(Object(error).code)) return undefined;
    throw error;
  }
}

/** @param text of /proc/PID/stat, whose second field may contain spaces and parentheses @internal exported for tests */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), cpuMs: ticks * TICK_MS };
}

/** @param text of /proc/PID/io @internal exported for tests */
export function parseWrittenBytes(text: string): number {
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

/** The processes and all their descendants. */
export function usageOf(roots: readonly number[]): Usage {
  const stats = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? readProc(name, 'stat') : undefined;
    if (text !== undefined) stats.set(Number(name), parseStat(text));
  }
  const tree = new Set(roots);
  // A set that grows while it is iterated over visits what is added.
  for (const pid of tree) for (const [child, { parent }] of stats) if (parent === pid) tree.add(child);
  let [cpuMs, writtenBytes] = [0, 0];
  for (const pid of tree) {
    cpuMs += stats.get(pid)?.cpuMs ?? 0;
    const io = readProc(pid, 'io');
    if (io !== undefined) writtenBytes += parseWrittenBytes(io);
  }
  return { cpuMs, writtenBytes };
}

export function usageSince(before: Usage, after: Usage): Usage {
  return { cpuMs: after.cpuMs - before.cpuMs, writtenBytes: after.writtenBytes - before.writtenBytes };
}
