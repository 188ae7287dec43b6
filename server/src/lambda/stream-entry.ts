import { findFeedEndpoint } from '../config/config.ts';
import { openLambdaBackground } from './background.ts';
import { functionLog } from './environment.ts';
import { feedPush } from './feed-push.ts';
import { streamHandler } from './stream-handler.ts';

/* The outbox dispatcher on AWS Lambda, invoked by the table's stream. */

const log = functionLog();

export const handler = streamHandler({
  async open() {
    const { dispatcher, mailSender, refreshKeys, core } = await openLambdaBackground(log);
    const endpoint = findFeedEndpoint();
    const push = endpoint === undefined ? undefined : feedPush({ ...core, log, endpoint });
    return { dispatcher, mailSender, refreshKeys, pushToSubscribers: push?.pushToSubscribers };
  },
  log,
});
