import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../message.ts';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** About 12 MB. */
const FILES_MAX = 1000;
const KEPT_MS = 30 * 86_400_000;
/** Mails written between two reads of the folder. */
const PRUNE_EVERY = 100;
/** A temporary file that is older was left by a process that died. */
const TEMPORARY_MS_MAX = 3_600_000;
const EML = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{16}\.eml$/;
const TEMPORARY = /^\.[0-9a-f-]{36}\.part$/;

export interface EmlOptions {
  readonly filesMax?: number;
  readonly pruneEvery?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
}

/**
 * Writes mail to `.eml` files, for development. A mail that is sent again replaces its file. Deletes its files when there are more
 * than 1,000 (at most 100 later), and after 30 days; no other files.
 * @param folder created if it does not exist
 */
export function emlTransport(
  folder: string,
  { filesMax = FILES_MAX, pruneEvery = PRUNE_EVERY, clock = Date.now }: EmlOptions = {},
): MailTransport {
  let written = 0;
  return {
    async send(message) {
      const file = join(folder, fileName(message));
      const temporary = join(folder, `.${randomUUID()}.part`);
      try {
        await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
        // No fsync: it would delay the store's own commits.
        await writeFile(temporary, mimeOf(message), { mode: FILE_MODE });
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined); // the first error matters
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        throw new MailTransportError('unavailable', `cannot write mail to ${folder}: ${code}`);
      }
      // The mail is written: an error here concerns other files, and the next pruning tries again.
      if (written++ % pruneEvery === 0) await prune(folder, filesMax, clock()).catch(() => undefined);
    },
    async close() {},
  };
}

async function prune(folder: string, filesMax: number, now: number): Promise<void> {
  const names = (await readdir(folder)).sort();
  const mails = names.filter((name) => EML.test(name));
  const remove = (name: string) => rm(join(folder, name), { force: true });
  const isOlder = (name: string, ms: number) =>
    stat(join(folder, name)).then(
      ({ mtimeMs }) => mtimeMs < now - ms,
      () => false, // renamed or deleted meanwhile
    );
  const excess = Math.max(mails.length - filesMax, 0);
  for (const name of mails.slice(0, excess)) await remove(name);
  for (const name of mails.slice(excess)) {
    if (!(await isOlder(name, KEPT_MS))) break;
    await remove(name);
  }
  for (const name of names) if (TEMPORARY.test(name) && (await isOlder(name, TEMPORARY_MS_MAX))) await remove(name);
}

/** Sorts by time, is the same for the same mail, and has no address. */
function fileName({ at, messageId }: Message): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${createHash('sha256').update(messageId).digest('hex').slice(0, 16)}.eml`;
}
