/** What the live feed needs of a client: the server's address and a token. `LendingClient` implements it. */
export interface FeedAuth {
  readonly url: URL;
  /** Whether `token` can return another token after one was rejected. */
  readonly canRenew: boolean;
  /** @param rejected a token that the server rejected, to be replaced */
  token(rejected?: string): Promise<string>;
  /** From 0 up to but not including 1, as `Math.random`. */
  readonly random: () => number;
}
