import type { RequestEnded } from '../execution/telemetry.ts';

/** How requests are counted. Each entry of the program has its own way. */
export interface Metrics {
  /** @returns what the request's line in the log bears besides its own members */
  requestEnded(request: RequestEnded): object;
  /** Lenders were added by a step of an import. @returns the same for its line */
  lendersImported(count: number): object;
  /** One try to send a mail has ended. @returns the same for its line */
  mailEnded(mail: MailCount): object;
  /** A change was set aside that a reactor failed on. @returns the same for its line */
  eventDeadLettered(handler: string): object;
  /** What `/metrics` answers; undefined where the counts are not kept in the program. */
  readonly page: MetricsPage | undefined;
}

/** By what mails are told apart. */
export interface MailCount {
  readonly kind: string;
  readonly outcome: string;
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
