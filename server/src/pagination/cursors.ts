import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../domain/errors.ts';

/** The version of the key that a store begins with. */
const ORIGINAL_VERSION = 0;
const VERSION_BYTES = 2;
const MAC_BYTES = 12;
const LENGTH_MAX = 512;

/** What a cursor is valid for: the user, the call and its filters. */
export type CursorScope = readonly (string | undefined)[];

/** Keys that sign cursors. They change, and earlier ones are accepted until they retire. */
export interface CursorKeys {
  readonly current: { readonly version: number; readonly key: Buffer };
  /** @returns undefined where there is no such version, or it has been retired */
  find(version: number): Promise<Buffer | undefined>;
}

/**
 * Encodes positions in a list as cursors, signed so that they are valid in their own scope only. A cursor is the version of its
 * key, which those of the original key lack, a MAC and the position.
 */
export class Cursors {
  readonly #keys: CursorKeys;

  constructor(keys: CursorKeys) {
    this.#keys = keys;
  }

  encode(position: string, scope: CursorScope): string {
    const { version, key } = this.#keys.current;
    const prefix = Buffer.alloc(version === ORIGINAL_VERSION ? 0 : VERSION_BYTES);
    if (version !== ORIGINAL_VERSION) prefix.writeUInt16BE(version);
    return Buffer.concat([prefix, macOf(key, position, scope), Buffer.from(position)]).toString('base64url');
  }

  /**
   * @param path of the cursor in the request, for the error
   * @param purpose of leaving it out, for the error
   * @returns the position; undefined without a cursor
   * @throws DomainError where the cursor is malformed, of another scope, or of a key that has been retired
   */
  async decode(
    cursor: string | undefined,
    scope: CursorScope,
    path: string,
    purpose = 'to start from the beginning',
  ): Promise<string | undefined> {
    if (cursor === undefined) return undefined;
    const position = await this.#open(cursor, scope);
    if (position !== undefined) return position;
    const message = `${path} must be the next_cursor of an earlier response to you, from the same call with the same filters; an old one may have expired. Leave it out ${purpose}.`;
    throw invalid([{ path, code: 'INVALID', message }]);
  }

  async #open(cursor: string, scope: CursorScope): Promise<string | undefined> {
    const bytes = Buffer.from(cursor.slice(0, LENGTH_MAX), 'base64url');
    if (bytes.toString('base64url') !== cursor || bytes.length < MAC_BYTES) return undefined;
    const original = await this.#keys.find(ORIGINAL_VERSION);
    const position = original && openSigned(bytes, original, scope);
    if (position !== undefined || bytes.length < VERSION_BYTES + MAC_BYTES) return position;
    const version = bytes.readUInt16BE();
    const key = version === ORIGINAL_VERSION ? undefined : await this.#keys.find(version);
    return key && openSigned(bytes.subarray(VERSION_BYTES), key, scope);
  }
}

/** @returns the position; undefined where its MAC is not of this key and scope */
function openSigned(bytes: Buffer, key: Buffer, scope: CursorScope): string | undefined {
  const position = bytes.subarray(MAC_BYTES).toString();
  return timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(key, position, scope)) ? position : undefined;
}

function macOf(key: Buffer, position: string, scope: CursorScope): Buffer {
  const text = JSON.stringify([position, ...scope.map((part) => part ?? null)]);
  return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
}
