import type { Chapter } from '../domain/event-batch.ts';
import type { LenderImport } from '../domain/lender-import.ts';
import type { Mailing } from '../domain/outgoing-mail.ts';
import type { Log } from './log.ts';
import type { MailCount, Metrics } from './metrics.ts';
import { traceIdOf } from './trace.ts';

/* What operators see of what nobody waits for. Addresses stay out, as everywhere. */

interface MailEnded extends MailCount {
  readonly mailing: Mailing;
  readonly fault?: unknown;
}

/** Told of each try to send a mail. */
export function tellMails(log: Log, metrics: Metrics): (ended: MailEnded) => void {
  return ({ kind, outcome, mailing, fault: err }) => {
    const { mailingId, loanId, tries, requestId, traceparent } = mailing;
    const line = {
      ...{ kind, outcome, mailing_id: mailingId, loan_id: loanId, tries, request_id: requestId, trace_id: traceIdOf(traceparent) },
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
    const { importId, loanId, state, rows, settled, counts, requestId, traceparent } = job;
    const line = {
      ...{ import_id: importId, loan_id: loanId, status: state.name, rows, settled, ...counts },
      ...{ request_id: requestId, trace_id: traceIdOf(traceparent) },
      ...metrics.lendersImported(lendersAdded),
    };
    log.info(line, 'import advanced');
  };
}

interface Failed {
  readonly chapter: Chapter;
  readonly reactor: string;
  readonly fault: unknown;
  readonly isLast: boolean;
}

/** Told of each reaction in vain. */
export function tellFailures(log: Log, metrics: Metrics): (failed: Failed) => void {
  return ({ chapter, reactor, fault: err, isLast }) => {
    const { loan, version, requestId, traceparent } = chapter;
    const line = { err, reactor, loan_id: loan.loanId, version, request_id: requestId, trace_id: traceIdOf(traceparent) };
    if (isLast) log.error({ ...line, ...metrics.changeSetAside(reactor) }, 'a change is set aside');
    else log.warn(line, 'a change is tried again');
  };
}
