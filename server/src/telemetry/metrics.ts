import type { ImportFailureCode } from '../domain/imports/lender-import.ts';
import type { MailLimitName } from '../domain/mail/limits/daily-limits.ts';
import type { HoldDecision } from '../domain/risk/risk-hold.ts';
import type { RequestEnded } from '../execution/telemetry.ts';

/** Counts what happens. Each method returns members to add to the log line of what it counts. */
export interface Metrics {
  requestEnded(request: RequestEnded): object;
  lendersImported(count: number): object;
  importFailed(code: ImportFailureCode): object;
  mailAttempted(mail: MailCount): object;
  eventDeadLettered(handler: string): object;
  holdDecided(decision: HoldDecision): object;
  /** The body of `/metrics`; undefined where counts are not kept in the process. */
  readonly page: MetricsPage | undefined;
}

/** The labels of a mail attempt. */
export interface MailCount {
  readonly kind: string;
  /** `held-back`: by the limit of its mailbox. */
  readonly outcome:
    | 'address-unsupported'
    | 'failed'
    | 'held-back'
    | `held-back-${Exclude<MailLimitName, 'mailbox'>}`
    | 'obsolete'
    | 'opted-out'
    | 'postponed'
    | 'sent';
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
