import type { Log } from '../telemetry/log.ts';
import { traceIdOf } from '../telemetry/trace.ts';
import type { EventHandler } from './dispatcher.ts';

/** Logs every event batch: loan, event types and request id, nothing about users. */
export function auditLogHandler(log: Log): EventHandler {
  return {
    name: 'audit-log',
    async handle({ loan, version, at, actor, requestId, traceparent, events }) {
      const line = {
        loan_id: loan.loanId,
        version,
        at: new Date(at).toISOString(),
        actor,
        events: [...new Set(events.map(({ type }) => type))],
        request_id: requestId,
        trace_id: traceIdOf(traceparent),
      };
      log.info(line, 'loan changed');
    },
  };
}
