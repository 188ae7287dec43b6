import type { CommandId } from '../../domain/ids.ts';
import { isDelete, toJson, type Write } from '../store.ts';

declare const commit: unique symbol;

/**
 * A commit as it is sent to the writer thread: one text is much cheaper to clone than objects. Its lines are the command, and seven
 * for each write, as in `WriteRow`; an empty one is null. Neither a key nor JSON has a line break within.
 */
export type CommitText = string & { readonly [commit]: true };

/** The index entry, if any, and the expiry. */
export type Indexed = readonly [indexPartition: string | null, indexSort: string | null, expiresAt: number | null];

/** `text` is the data's JSON; null deletes the item. */
type WriteRow = readonly [partition: string, sort: string, expected: number, text: string | null, ...Indexed];

export interface Commit {
  readonly command: CommandId;
  readonly rows: readonly WriteRow[];
}

const LINES = 7;

/** Called before a commit joins a batch, so that data without a JSON form fails this commit only. @throws TypeError */
export function encodeCommit(command: CommandId, writes: readonly Write[]): CommitText {
  let text: string = command;
  for (const write of writes) {
    const { partition, sort } = write.key;
    text += `\n${lineOf(partition)}\n${lineOf(sort)}\n${write.expected}`;
    if (isDelete(write)) {
      text += '\n\n\n\n';
      continue;
    }
    const { data, index, expiresAt } = write;
    text += `\n${toJson(data)}\n${index ? `${lineOf(index.partition)}\n${lineOf(index.sort)}` : '\n'}\n${expiresAt ?? ''}`;
  }
  return text as CommitText;
}

export function decodeCommit(text: CommitText): Commit {
  const [command = '', ...lines] = text.split('\n');
  const rows: WriteRow[] = [];
  for (let at = 0; at < lines.length; at += LINES) {
    const [partition = '', sort = '', expected, data, indexPartition, indexSort, expiresAt] = lines.slice(at, at + LINES);
    rows.push([
      partition,
      sort,
      Number(expected),
      data || null,
      indexPartition || null,
      indexSort || null,
      expiresAt ? Number(expiresAt) : null,
    ]);
  }
  return { command: command as CommandId, rows }; // written from one
}

function lineOf(text: string): string {
  if (text.includes('\n')) throw new TypeError('a key has a line break');
  return text;
}
