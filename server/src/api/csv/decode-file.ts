import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { type DomainError, invalid, payloadTooLarge } from '../../domain/errors.ts';
import { IMPORT_BYTES_MAX } from '../../usecases/imports/import-lenders.ts';

/** Bytes that are parsed before other requests run. */
const SLICE_BYTES = 8192;

/** Decodes the bytes of a file while they arrive. */
export class FileText {
  readonly #chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly #hash = createHash('sha256');

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Hash of the bytes read so far. */
  digest(): string {
    return this.#hash.copy().digest('base64url');
  }

  /** @throws DomainError for a file that is too large or not UTF-8 */
  async *pieces(): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let bytes = 0;
    let sincePause = 0;
    for await (const chunk of this.#chunks) {
      bytes += chunk.length;
      if (bytes > IMPORT_BYTES_MAX) throw payloadTooLarge(IMPORT_BYTES_MAX);
      this.#hash.update(chunk);
      for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
        const slice = chunk.subarray(start, start + SLICE_BYTES);
        yield decode(decoder, slice);
        sincePause += slice.length;
        if (sincePause < SLICE_BYTES) continue;
        sincePause = 0;
        await setImmediate();
      }
    }
    yield decode(decoder);
  }
}

/** @param chunk left out at the end of the file */
function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    const text = decoder.decode(chunk, { stream: chunk !== undefined });
    if (!text.includes('\0')) return text;
  } catch {
    // not UTF-8
  }
  throw invalidFile('The file is not text in UTF-8. Save it as "CSV UTF-8", and send that.');
}

export function invalidFile(message: string): DomainError {
  return invalid([{ path: '', code: 'INVALID', message }]);
}
