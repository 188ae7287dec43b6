import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Chapter } from '../domain/chapter.ts';
import { auditLog } from '../reactors/audit-log.ts';
import { toItem, toPlace } from '../storage/dynamodb/items.ts';
import { chapterKey, isChapterKey } from '../storage/keys.ts';
import { type Log, makeLog } from '../telemetry/log.ts';

/* The entry of what reacts to the table's stream on AWS Lambda. */

/** @param react to each chapter at least once, in the order of its loan; where it throws, the chapter comes again */
export function streamHandler(react: (chapter: Chapter) => Promise<void> | void, log: Log) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const record of Records) {
      const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
      try {
        const chapter = chapterIn(record);
        if (chapter) await react(chapter);
      } catch (err) {
        log.error({ err, sequence_number: sequenceNumber }, 'a record of the stream failed, and those behind it wait');
        // Told of the first one, AWS brings it again with all that came behind it: a later one must not overtake it.
        return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

/** @returns undefined for a record of anything else @throws where a chapter is not what its key says */
function chapterIn({ eventName, dynamodb }: DynamoDBRecord): Chapter | undefined {
  if (eventName !== 'INSERT' || !isChapterKey(toPlace(dynamodb?.Keys ?? {}))) return undefined;
  const { key, data: chapter } = toItem<Chapter>(dynamodb?.NewImage ?? {});
  const own = chapterKey(chapter.loan.loanId, chapter.version);
  if (own.partition !== key.partition || own.sort !== key.sort) throw new TypeError('a chapter stands at the place of another');
  return chapter;
}

const log = makeLog({ write: (line) => void process.stdout.write(line) });

export const handler = streamHandler(auditLog(log), log);
