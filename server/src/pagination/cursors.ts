import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../domain/errors.ts';

const MAC_BYTES = 12;
const LENGTH_MAX = 512;

/** What a cursor is good for: the user, the call and its filters. */
export type CursorScope = readonly (string | undefined)[];

/** Makes positions in a list into texts that serve only where they were given. */
export class Cursors {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  encode(position: string, scope: CursorScope): string {
    return Buffer.concat([this.#mac(position, scope), Buffer.from(position)]).toString('base64url');
  }

  /**
   * @param path the parameter that bore the cursor
   * @returns the position; undefined where there was no cursor
   */
  decode(cursor: string | undefined, scope: CursorScope, path: string): string | undefined {
    if (cursor === undefined) return undefined;
    const bytes = Buffer.from(cursor.slice(0, LENGTH_MAX), 'base64url');
    const position = bytes.subarray(MAC_BYTES).toString();
    const mac = bytes.subarray(0, MAC_BYTES);
    const sealed = mac.length === MAC_BYTES && timingSafeEqual(mac, this.#mac(position, scope));
    if (sealed && bytes.toString('base64url') === cursor) return position;
    const message = `${path} must be the next_cursor of an earlier answer to you, to the same call with the same filters. Leave it out to start anew.`;
    throw invalid([{ path, code: 'INVALID', message }]);
  }

  #mac(position: string, scope: CursorScope): Buffer {
    const text = JSON.stringify([position, ...scope.map((part) => part ?? null)]);
    return createHmac('sha256', this.#secret).update(text).digest().subarray(0, MAC_BYTES);
  }
}
