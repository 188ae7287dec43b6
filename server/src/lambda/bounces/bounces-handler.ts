import { retryableOnce } from '../../composition/retryable-once.ts';
import type { Answer } from '../../domain/mail/limits/sender-answers.ts';
import type { MailReport } from '../../mail/record-mail-report.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { parseSesEvent } from './ses-event.ts';

export interface BouncesHandlerOptions {
  readonly open: () => Promise<BouncesWork>;
  readonly metrics: Metrics;
  readonly log: Log;
}

interface BouncesWork {
  /** @returns what the report counts as; undefined where it does not count, or was counted before */
  record(report: MailReport): Promise<Answer | undefined>;
}

/**
 * Records bounces and complaints that SES reports. An event may come again: AWS invokes the function again where it failed, twice at
 * most. What is malformed is dropped, as it would be malformed again. The log has ids, never the addresses of an event.
 */
export function bouncesHandler({ open, metrics, log }: BouncesHandlerOptions): (event: unknown) => Promise<void> {
  const load = retryableOnce(open);
  return async (event) => {
    const parsed = parseSesEvent(event);
    if ('malformed' in parsed) return log.error({ malformed: parsed.malformed }, 'event of SES dropped: it names no mail');
    if ('ignored' in parsed) return log.info({ reason: parsed.ignored }, 'event of SES needs no action');
    const { report } = parsed;
    const { name, kind, mailId, loanId } = report;
    const line = { report: name, kind, mailing_id: mailId, loan_id: loanId };
    try {
      const { record } = await load();
      const answer = await record(report);
      log.info({ ...line, answer, ...(answer && metrics.mailAnswered(answer)) }, `mail ${name}`);
    } catch (err) {
      log.error({ ...line, err }, 'report of SES could not be recorded, will be retried');
      throw err;
    }
  };
}
