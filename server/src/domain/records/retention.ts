import { hasEnded, type LenderImport } from '../imports/lender-import.ts';

/*
 * How long records are kept that nothing depends on any more. Decision 36 lists every kind of item. Where an end is known when an
 * item is written, the engine deletes the item (`Put.expiresAt`); the others are found through the index.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A mail, from when it was queued, for support. Longer than all its retries, so that none is sent again. */
export const MAIL_KEPT_MS = 30 * DAY_MS;
/** A dead letter, for an operator. */
export const DEAD_LETTER_KEPT_MS = 90 * DAY_MS;
/** An import with its rows, after it has ended. @internal exported for tests */
export const IMPORT_KEPT_MS = 30 * DAY_MS;
/** A dry run with its rows, after its upload. @internal exported for tests */
export const DRY_RUN_KEPT_MS = DAY_MS;

/** A user's name, after they last signed in. */
export const USER_NAME_KEPT_MS = 365 * DAY_MS;

/** When an import and its rows end, whether they are deleted yet or not. Undefined while it has to be processed. */
export function importExpiresAt(job: LenderImport): number | undefined {
  if (job.isDryRun) return job.createdAt + DRY_RUN_KEPT_MS;
  return hasEnded(job) ? job.state.at + IMPORT_KEPT_MS : undefined;
}

/** Whether an import may still be read. */
export function isImportKept(job: LenderImport, now: number): boolean {
  return (importExpiresAt(job) ?? Number.POSITIVE_INFINITY) > now;
}
