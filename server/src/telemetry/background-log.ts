import type { EventBatch } from '../domain/event-batch.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import type { RequestMetadata } from '../execution/request-metadata.ts';
import type { MailAnswered } from '../execution/telemetry.ts';
import type { ImportStepResult } from '../usecases/imports/run-import-step.ts';
import type { Log } from './log.ts';
import type { MailCount, Metrics } from './metrics.ts';
import { traceIdOf } from './trace.ts';

/* Log lines and metrics of background work: ids only, no addresses. */

/** One attempt to send a mail. */
export interface MailAttempt {
  readonly outcome: MailCount['outcome'];
  /** As stored after the attempt. */
  readonly outgoingMail: OutgoingMail;
  /** Why the transport failed. */
  readonly error?: unknown;
}

export function logMailAttempts(log: Log, metrics: Metrics): (attempt: MailAttempt) => void {
  return ({ outcome, outgoingMail, error: err }) => {
    const { kind, mailId, loanId, tries, requestId, traceparent } = outgoingMail;
    const line = {
      kind,
      outcome,
      mailing_id: mailId,
      loan_id: loanId,
      tries,
      request_id: requestId,
      trace_id: traceIdOf(traceparent),
      ...metrics.mailAttempted({ kind, outcome }),
    };
    if (outcome === 'failed') log.error({ ...line, err }, 'mail delivery failed');
    else if (outcome === 'address-unsupported') log.warn({ ...line, err }, 'mail address not supported by the mail server');
    else if (outcome === 'postponed') log.warn({ ...line, err }, 'mail delivery postponed');
    else if (outcome === 'held-back-hold') log.info(line, 'mail held back until an operator decides');
    else if (outcome.startsWith('held-back')) log.info(line, 'mail held back');
    else log.info(line, outcome === 'sent' ? 'mail sent' : 'mail dropped');
  };
}

/** @param metrics undefined where nothing is counted */
export function logMailAnswers(log: Log, metrics: Metrics | undefined): (answered: MailAnswered) => void {
  return ({ answer, loanId, requestId, traceparent }) => {
    const line = { answer, loan_id: loanId, request_id: requestId, trace_id: traceIdOf(traceparent) };
    log.info({ ...line, ...metrics?.mailAnswered(answer) }, 'invitation answered');
  };
}

/** One attempt to send a mail with a code to sign in. */
export interface SignInMailAttempt extends RequestMetadata {
  readonly outcome: 'address-unsupported' | 'failed' | 'postponed' | 'sent';
  readonly mailId: string;
  readonly tries: number;
  /** Why the transport failed. */
  readonly error?: unknown;
}

export function logSignInMailAttempts(log: Log, metrics: Metrics): (attempt: SignInMailAttempt) => void {
  return ({ outcome, mailId, tries, requestId, traceparent, error: err }) => {
    const kind = 'sign-in';
    const trace = { request_id: requestId, trace_id: traceIdOf(traceparent) };
    const line = { kind, outcome, mailing_id: mailId, tries, ...trace, ...metrics.mailAttempted({ kind, outcome }) };
    if (outcome === 'failed') log.error({ ...line, err }, 'mail delivery failed');
    else if (outcome === 'sent') log.info(line, 'mail sent');
    else if (outcome === 'postponed') log.warn({ ...line, err }, 'mail delivery postponed');
    else log.warn({ ...line, err }, 'mail address not supported by the mail server');
  };
}

export function logImportSteps(log: Log, metrics: Metrics): (step: ImportStepResult) => void {
  return ({ job, lendersAdded, error: err }) => {
    const { importId, loanId, state, rowsTotal, rowsDone, counts, requestId, traceparent } = job;
    const line = {
      import_id: importId,
      loan_id: loanId,
      status: state.name,
      rows: rowsTotal,
      settled: rowsDone,
      ...counts,
      request_id: requestId,
      trace_id: traceIdOf(traceparent),
      ...(state.name === 'failed' && state.code ? metrics.importFailed(state.code) : metrics.lendersImported(lendersAdded)),
    };
    if (err === undefined) log.info(line, 'import advanced');
    else if (state.name !== 'running') log.error({ ...line, err }, 'import failed: no attempts are left');
    else
      log.warn({ ...line, err, failures: state.retry?.failures, retry_at: state.retry?.at }, 'import step failed, will be retried');
  };
}

/** A failed attempt of an event handler. */
export interface HandlerFailure {
  readonly batch: EventBatch;
  readonly handler: string;
  readonly error: unknown;
  /** Whether no attempts are left: the batch is now a dead letter of this handler. */
  readonly isLast: boolean;
}

export function logHandlerFailures(log: Log, metrics: Metrics): (failure: HandlerFailure) => void {
  return ({ batch, handler, error: err, isLast }) => {
    const { loan, version, requestId, traceparent } = batch;
    const line = { err, handler, loan_id: loan.loanId, version, request_id: requestId, trace_id: traceIdOf(traceparent) };
    if (isLast) log.error({ ...line, ...metrics.eventDeadLettered(handler) }, 'event moved to dead letters');
    else log.warn(line, 'event handler failed, will be retried');
  };
}
