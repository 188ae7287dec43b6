/** What the live feed takes from a client: where the server is, and who asks. */
export interface FeedAuth {
  readonly url: URL;
  /** Whether another token may be had where one is refused. */
  readonly canRenew: boolean;
  /** @param refused a token that the server no longer takes, so that another one is needed */
  token(refused?: string): Promise<string>;
  /** From 0 to below 1, as Math.random. */
  readonly random: () => number;
}
