/* The load that a generator makes, and its result. */

export interface LoadPlan {
  readonly port: number;
  /** One for each client. */
  readonly tokens: readonly string[];
  /** Makes the addresses of the lenders unique. */
  readonly name: string;
  /** The loan that all clients add to. Without it, each client makes its own loans. */
  readonly loanId?: string | undefined;
  /** The load ends with the first of them. */
  readonly seconds: number;
  readonly adds: number;
}

export interface LoadResult {
  readonly adds: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the generator's process, while it ran. */
  readonly generatorCpuMs: number;
}

export const LENDERS_EACH = 10;
export const LENDERS_A_LOAN = 60;
/** In major units. */
export const CONTRIBUTION = 50;
