import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../domain/errors.ts';

const MAC_BYTES = 12;
const LENGTH_MAX = 512;

/** What a cursor is valid for: the user, the call and its filters. */
export type CursorScope = readonly (string | undefined)[];

/** Encodes positions in a list as cursors, signed so that they are valid in their own scope only. */
export class Cursors {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  encode(position: string, scope: CursorScope): string {
    return Buffer.concat([this.#mac(position, scope), Buffer.from(position)]).toString('base64url');
  }

  /**
   * @param path of the cursor in the request, for the error
   * @returns the position; undefined without a cursor
   * @throws DomainError where the cursor is malformed or of another scope
   */
  decode(cursor: string | undefined, scope: CursorScope, path: string): string | undefined {
    if (cursor === undefined) return undefined;
    const bytes = Buffer.from(cursor.slice(0, LENGTH_MAX), 'base64url');
    const position = bytes.subarray(MAC_BYTES).toString();
    const mac = bytes.subarray(0, MAC_BYTES);
    const isSigned = mac.length === MAC_BYTES && timingSafeEqual(mac, this.#mac(position, scope));
    if (isSigned && bytes.toString('base64url') === cursor) return position;
    const message = `${path} must be the next_cursor of an earlier response to you, from the same call with the same filters. Leave it out to start from the beginning.`;
    throw invalid([{ path, code: 'INVALID', message }]);
  }

  #mac(position: string, scope: CursorScope): Buffer {
    const text = JSON.stringify([position, ...scope.map((part) => part ?? null)]);
    return createHmac('sha256', this.#secret).update(text).digest().subarray(0, MAC_BYTES);
  }
}
