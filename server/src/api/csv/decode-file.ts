import { createHash } from 'node:crypto';
import { type DomainError, invalid, payloadTooLarge } from '../../domain/errors.ts';
import { IMPORT_BYTES_MAX } from '../../usecases/imports/import-lenders.ts';

/** A file's bytes as text, as they arrive. */
export class FileText {
  readonly #chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly #hash = createHash('sha256');

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Of the bytes that came so far. */
  digest(): string {
    return this.#hash.copy().digest('base64url');
  }

  /** @throws DomainError where they are too many, or no text in UTF-8 */
  async *pieces(): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let bytes = 0;
    for await (const chunk of this.#chunks) {
      bytes += chunk.length;
      if (bytes > IMPORT_BYTES_MAX) throw payloadTooLarge(IMPORT_BYTES_MAX);
      this.#hash.update(chunk);
      yield decoded(() => decoder.decode(chunk, { stream: true }));
    }
    yield decoded(() => decoder.decode());
  }
}

function decoded(decode: () => string): string {
  try {
    const text = decode();
    if (!text.includes('\0')) return text;
  } catch {
    // told below, in the same words
  }
  throw notUtf8();
}

function notUtf8(): DomainError {
  const message = 'The file is not text in UTF-8. Save it as "CSV UTF-8", and send that.';
  return invalid([{ path: '', code: 'INVALID', message }]);
}
