import { type Background, openBackground } from '../composition/background.ts';
import { type Core, createCore } from '../composition/core.ts';
import { readBackgroundConfig } from '../config/config.ts';
import { auditLogHandler } from '../outbox/audit-log-handler.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import type { Log } from '../telemetry/log.ts';
import { buildOnTable } from './environment.ts';

/** Opens the background work. All functions need the same event handlers, since any of them may deliver an event. */
export async function openLambdaBackground(log: Log): Promise<Background & { readonly core: Core }> {
  const { table, mail, risk, ...limits } = readBackgroundConfig();
  return buildOnTable(table, log, async (store) => {
    const core = await createCore({ store, log });
    const metrics = embeddedMetrics(Date.now);
    const handlers = [auditLogHandler(log)];
    const background = await openBackground({ core, mail, risk, limits, url: '', log, metrics, handlers });
    return { ...background, core };
  });
}
