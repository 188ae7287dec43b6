import type { Context } from 'aws-lambda';
import { type Background, openBackground } from '../composition/background.ts';
import { type Core, createCore } from '../composition/core.ts';
import { readBackgroundConfig } from '../config/config.ts';
import { auditLogHandler } from '../outbox/audit-log-handler.ts';
import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { type Log, logAvailability } from '../telemetry/log.ts';

/* What the functions on AWS Lambda share that nobody calls from outside. */

/** Longer than what may be under way: one mail that is handed over and written down, or one page of a loan. */
const LAST_MS = 15_000;

export type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

/** Aborted in time for what is under way then to come to its end before AWS ends the function. */
export function deadlineSignal(invocation: Invocation): AbortSignal {
  const leftMs = invocation.getRemainingTimeInMillis() - LAST_MS;
  return leftMs > 0 ? AbortSignal.timeout(leftMs) : AbortSignal.abort();
}

interface LambdaBackgroundOptions {
  readonly log: Log;
  readonly onFault?: (fault: unknown) => void;
}

export interface LambdaBackground extends Background {
  /** For what else a function does with what stands in the store. */
  readonly ground: Core;
}

/** Delivers with the same reactors in each function: which one comes first to a chapter is left to chance. */
export async function openLambdaBackground({ log, onFault }: LambdaBackgroundOptions): Promise<LambdaBackground> {
  const { table, mail, ...limits } = readBackgroundConfig();
  const store = withBreaker(openDynamoDb(table), { onChange: logAvailability(log) });
  try {
    const ground = await createCore({ store, log });
    const metrics = embeddedMetrics(Date.now);
    const options = { ground, mail, limits, url: '', log, metrics, handlers: [auditLogHandler(log)], ...(onFault && { onFault }) };
    return { ...(await openBackground(options)), ground };
  } catch (fault) {
    await store.close();
    throw fault;
  }
}
