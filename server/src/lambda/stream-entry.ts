import { findFeedEndpoint } from '../config/config.ts';
import { makeLog } from '../telemetry/log.ts';
import { openLambdaBackground } from './background.ts';
import { feedPush } from './feed-push.ts';
import { retryableOnce } from './retryable-once.ts';
import { type StreamWork, streamHandler } from './stream-handler.ts';

/* The entry of what the table's stream wakes on AWS Lambda. */

const log = makeLog({ write: (line) => void process.stdout.write(line) });

async function open(): Promise<StreamWork> {
  const { dispatcher, mailer, ground } = await openLambdaBackground({ log });
  const { storeSecrets, services } = ground;
  const endpoint = findFeedEndpoint();
  return {
    deliver: (loanId, deadline) => dispatcher.deliver(loanId, deadline),
    afterwards:
      endpoint === undefined ? [] : [feedPush({ ...services, storeSecrets: storeSecrets, log, endpoint }).pushToSubscribers],
    sendMail: mailer && ((deadline) => mailer.sendDue({ ending: deadline })),
  };
}

export const handler = streamHandler({ open: retryableOnce(open), log });
