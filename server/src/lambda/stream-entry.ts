import { findFeedEndpoint } from '../config/config.ts';
import { makeLog } from '../telemetry/log.ts';
import { openLambdaBackground } from './background.ts';
import { feedPush } from './feed-push.ts';
import { openedOnce } from './retryable-once.ts';
import { type StreamWork, streamHandler } from './stream-handler.ts';

/* The entry of what the table's stream wakes on AWS Lambda. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });

async function open(): Promise<StreamWork> {
  const { courier, mailer, ground } = await openLambdaBackground({ log });
  const { installation, services } = ground;
  const endpoint = findFeedEndpoint();
  return {
    deliver: (loanId, ending) => courier.deliver(loanId, ending),
    afterwards: endpoint === undefined ? [] : [feedPush({ ...services, installation, log, endpoint }).pushTo],
    sendMail: mailer && ((ending) => mailer.sendDue({ ending })),
  };
}

export const handler = streamHandler({ open: openedOnce(open), log });
