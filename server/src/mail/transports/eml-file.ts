import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../message.ts';
import { mimeOf } from './mime.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Mail as files that mail programs open, for development. A mail that is sent again replaces its file.
 * @param folder made where it is missing
 */
export function emlTransport(folder: string): MailTransport {
  return {
    async send(message) {
      const file = join(folder, fileName(message));
      const unfinished = join(folder, `.${randomUUID()}.part`);
      try {
        await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
        // Not synced: it would take the disk from the store's own commits, for mail that nobody waits for.
        await writeFile(unfinished, await mimeOf(message), { mode: PRIVATE_FILE });
        await rename(unfinished, file);
      } catch (fault) {
        await rm(unfinished, { force: true }).catch(() => undefined); // the first fault is the one to tell
        const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'a fault';
        throw new MailTransportError('unavailable', `mail can’t be written to ${folder}: ${code}`);
      }
    },
    async close() {},
  };
}

/** In the order in which mail was written; always the same for one mail, and nobody's address in it. */
function fileName({ at, messageId }: Message): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${createHash('sha256').update(messageId).digest('hex').slice(0, 16)}.eml`;
}
