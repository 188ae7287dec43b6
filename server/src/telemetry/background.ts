import type { EventBatch } from '../domain/event-batch.ts';
import type { LenderImport } from '../domain/lender-import.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import type { Log } from './log.ts';
import type { MailCount, Metrics } from './metrics.ts';
import { traceIdOf } from './trace.ts';

/* What operators see of what nobody waits for. Addresses stay out, as everywhere. */

interface MailEnded extends MailCount {
  readonly outgoingMail: OutgoingMail;
  readonly fault?: unknown;
}

/** Told of each try to send a mail. */
export function tellMails(log: Log, metrics: Metrics): (ended: MailEnded) => void {
  return ({ kind, outcome, outgoingMail, fault: err }) => {
    const { mailId, loanId, tries, requestId, traceparent } = outgoingMail;
    const line = {
      ...{ kind, outcome, mailing_id: mailId, loan_id: loanId, tries, request_id: requestId, trace_id: traceIdOf(traceparent) },
      ...metrics.mailEnded({ kind, outcome }),
    };
    if (err === undefined) log.info(line, 'mail ended');
    else if (outcome === 'failed') log.error({ ...line, err }, 'mail failed for good');
    else log.warn({ ...line, err }, 'mail is tried again');
  };
}

interface ImportAdvanced {
  readonly job: LenderImport;
  readonly lendersAdded: number;
}

/** Told of each step of an import. */
export function tellImports(log: Log, metrics: Metrics): (advanced: ImportAdvanced) => void {
  return ({ job, lendersAdded }) => {
    const { importId, loanId, state, rowsTotal, rowsDone, counts, requestId, traceparent } = job;
    const line = {
      ...{ import_id: importId, loan_id: loanId, status: state.name, rows: rowsTotal, settled: rowsDone, ...counts },
      ...{ request_id: requestId, trace_id: traceIdOf(traceparent) },
      ...metrics.lendersImported(lendersAdded),
    };
    log.info(line, 'import advanced');
  };
}

interface Failed {
  readonly batch: EventBatch;
  readonly handler: string;
  readonly fault: unknown;
  readonly isLast: boolean;
}

/** Told of each reaction in vain. */
export function tellFailures(log: Log, metrics: Metrics): (failed: Failed) => void {
  return ({ batch, handler, fault: err, isLast }) => {
    const { loan, version, requestId, traceparent } = batch;
    const line = { err, handler, loan_id: loan.loanId, version, request_id: requestId, trace_id: traceIdOf(traceparent) };
    if (isLast) log.error({ ...line, ...metrics.eventDeadLettered(handler) }, 'a change is set aside');
    else log.warn(line, 'a change is tried again');
  };
}
