import { makeLog } from '../telemetry/log.ts';
import { clockHandler } from './clock-handler.ts';
import { openLambdaBackground } from './lambda-background.ts';

/* The entry of what time brings on AWS Lambda: invoked each minute. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });

export const handler = clockHandler({ open: (onFault) => openLambdaBackground({ log, onFault }), log, clock: Date.now });
