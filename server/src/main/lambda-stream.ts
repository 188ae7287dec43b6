import { makeLog } from '../telemetry/log.ts';
import { openLambdaBackground } from './lambda-background.ts';
import { openedOnce } from './opened-once.ts';
import { type StreamWork, streamHandler } from './stream-handler.ts';

/* The entry of what the table's stream wakes on AWS Lambda. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });

async function open(): Promise<StreamWork> {
  const { courier, mailer } = await openLambdaBackground({ log });
  return {
    deliver: (loanId, ending) => courier.deliver(loanId, ending),
    afterwards: [],
    sendMail: mailer && ((ending) => mailer.sendDue({ ending })),
  };
}

export const handler = streamHandler({ open: openedOnce(open), log });
