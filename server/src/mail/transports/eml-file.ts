import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../message.ts';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Writes mail to `.eml` files, for development. A mail that is sent again replaces its file.
 * @param folder created if it does not exist
 */
export function emlTransport(folder: string): MailTransport {
  return {
    async send(message) {
      const file = join(folder, fileName(message));
      const temporary = join(folder, `.${randomUUID()}.part`);
      try {
        await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
        // No fsync: it would delay the store's own commits.
        await writeFile(temporary, await mimeOf(message), { mode: FILE_MODE });
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined); // the first error matters
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        throw new MailTransportError('unavailable', `cannot write mail to ${folder}: ${code}`);
      }
    },
    async close() {},
  };
}

/** Sorts by time, is the same for the same mail, and has no address. */
function fileName({ at, messageId }: Message): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${createHash('sha256').update(messageId).digest('hex').slice(0, 16)}.eml`;
}
