/* What the comparison stores in bench/peers.json. */

export type ContenderName = 'ours' | 'plain-sql' | 'drizzle' | 'ours-with-mail';

/** One load on one server. */
export interface Phase {
  readonly clients: number;
  readonly adds: number;
  readonly addsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Milliseconds of all processes and threads of the server for each add. */
  readonly cpuMs: number;
  readonly bytes: number;
  /** Of the load's own process for each add. */
  readonly generatorCpuMs: number;
  /** Whether the server was quiet again in the end. Otherwise some of what followed is not counted. */
  readonly isComplete: boolean;
}

export interface HttpRun extends Phase {
  readonly contender: ContenderName;
  readonly round: number;
}

/** SQLite alone, with the same rows as an add, 16 commits an fsync. */
export interface BareRun {
  readonly commitsPerSecond: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

/** Bytes for each add that the database still had to write. */
export interface Deferred {
  readonly contender: ContenderName;
  readonly bytes: number;
}

export interface HttpResults {
  readonly runs: readonly HttpRun[];
  readonly deferred: readonly Deferred[];
}

export interface NaturalResults extends HttpResults {
  readonly bare: readonly BareRun[];
  readonly mail: MailCost;
}

/** The same adds without mail and with, until the last mail was sent. */
export interface MailCost {
  readonly adds: number;
  readonly mails: number;
  readonly mailsPerSecond: number;
  readonly cpuMsWithout: number;
  readonly cpuMsWith: number;
  readonly bytesWithout: number;
  readonly bytesWith: number;
}

export type FormName = 'first' | 'improved' | 'powertools' | 'ours-cold' | 'ours-warm';

/** Adding ten lenders on DynamoDB, with a delay injected into each call. */
export interface FormResult {
  readonly form: FormName;
  readonly calls: number;
  readonly p50Ms: number;
}

interface Measured {
  readonly machine: string;
  readonly node: string;
  /** Processes that wanted to run, on average over a minute, before the measurement. */
  readonly loadBefore: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Settings of PostgreSQL by name. */
  readonly postgres: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Of libraries, with their names. */
  readonly versions: readonly string[];
}

/** Parts that were never measured are left out. */
export interface PeersResults {
  readonly natural?: Measured & NaturalResults;
  readonly hot?: Measured & HttpResults;
  readonly dynamodb?: {
    readonly machine: string;
    readonly node: string;
    /** Of each form. */
    readonly requests: number;
    readonly injectedMs: number;
    /** Of Powertools. */
    readonly version: string;
    readonly forms: readonly FormResult[];
  };
}
