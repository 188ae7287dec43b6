import type { ImportFailureCode } from '../domain/imports/lender-import.ts';
import type { MailLimitName } from '../domain/mail/limits/daily-limits.ts';
import type { Answer } from '../domain/mail/limits/sender-answers.ts';
import type { HoldDecision } from '../domain/risk/risk-hold.ts';
import type { RequestEnded } from '../execution/telemetry.ts';

/** Counts what happens. Each method returns members to add to the log line of what it counts. */
export interface Metrics {
  requestEnded(request: RequestEnded): object;
  lendersImported(count: number): object;
  importFailed(code: ImportFailureCode): object;
  mailAttempted(mail: MailCount): object;
  mailAnswered(answer: Answer): object;
  eventDeadLettered(handler: string): object;
  /** The invitations of one commit were scored, or could not be. */
  batchScored(batch: RiskCount): object;
  /** An operator decided about held invitations. */
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
    | 'rejected-by-operator'
    | 'sent';
}

export interface RiskCount {
  /** `noted`: it would be held, if scores were enforced. */
  readonly outcome: 'failed' | 'held' | 'noted' | 'passed';
  /** 0 to 1; null where the score could not be had. */
  readonly score: number | null;
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
