import type { Transport } from '../http/transport.ts';
import type { Settings } from '../options.ts';

/** What the live feed needs of a client. `LendingClient` implements it. */
export interface FeedAuth {
  readonly url: URL;
  /** Whether `token` can return another token after one was rejected. */
  readonly canRenew: boolean;
  /** @param rejected a token that the server rejected, to be replaced */
  token(rejected?: string): Promise<string>;
  /** From 0 up to but not including 1, as `Math.random`. */
  readonly random: () => number;
  /** Of a client of a browser's session, which has no token. */
  readonly session?: FeedSession | undefined;
}

/** How such a client sends requests. */
export interface FeedSession {
  readonly settings: Settings;
  readonly transport: Pick<Transport, 'send'>;
}
