import { createCore } from '../../composition/core.ts';
import { readBackgroundConfig } from '../../config/config.ts';
import { recordMailReport } from '../../mail/record-mail-report.ts';
import { embeddedMetrics } from '../../telemetry/emf.ts';
import { buildOnTable, functionLog } from '../environment.ts';
import { bouncesHandler } from './bounces-handler.ts';

/* Bounces and complaints on AWS Lambda, invoked for events of SES. */

const log = functionLog();

export const handler = bouncesHandler({
  async open() {
    const { table } = readBackgroundConfig();
    return buildOnTable(table, log, async (store) => {
      const { services } = await createCore({ store, log });
      return { record: (report) => recordMailReport(services, report) };
    });
  },
  metrics: embeddedMetrics(Date.now),
  log,
});
