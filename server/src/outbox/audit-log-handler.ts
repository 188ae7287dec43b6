import type { Log } from '../telemetry/log.ts';
import { traceIdOf } from '../telemetry/trace.ts';
import type { Reactor } from './dispatcher.ts';

/** Tells of every change of a loan, in the log: which loan, what happened and under which request; nothing about people. */
export function auditLog(log: Log): Reactor {
  return {
    name: 'audit-log',
    async react({ loan, version, at, actor, requestId, traceparent, happenings }) {
      const line = {
        loan_id: loan.loanId,
        version,
        at: new Date(at).toISOString(),
        actor,
        events: [...new Set(happenings.map(({ type }) => type))],
        request_id: requestId,
        trace_id: traceIdOf(traceparent),
      };
      log.info(line, 'loan changed');
    },
  };
}
