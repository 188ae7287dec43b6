import * as z from 'zod';
import { retryableOnce } from '../composition/retryable-once.ts';
import { type ImportId, parseImportId } from '../domain/ids.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import type { Log } from '../telemetry/log.ts';
import type { SqsOptions } from './sqs.ts';

/** The limit of SQS for one request. */
const BATCH_MAX = 10;

/** Queues imports for the import worker. */
export interface ImportQueue {
  /**
   * Sends a message for each import. Duplicates are harmless.
   * @param signal sends nothing further once it is aborted
   * @throws if not all of them were accepted
   */
  send(importIds: readonly ImportId[], signal?: AbortSignal): Promise<void>;
}

/** A queue on SQS. Its client is loaded with the first message, to keep cold starts short. */
export function importQueue(options: SqsOptions): ImportQueue {
  const load = retryableOnce(async () => (await import('./sqs.ts')).sqsSender(options));
  return {
    async send(importIds, signal) {
      for (let start = 0; start < importIds.length && !signal?.aborted; start += BATCH_MAX) {
        const sendBatch = await load();
        await sendBatch(importIds.slice(start, start + BATCH_MAX).map(messageFor));
      }
    },
  };
}

const message = z.object({ import_id: z.string() });

function messageFor(importId: ImportId): string {
  return JSON.stringify({ import_id: importId } satisfies z.infer<typeof message>);
}

/** @returns undefined if the message names no import */
export function importIdIn(body: string): ImportId | undefined {
  const parsed = message.safeParse(jsonIn(body));
  return parsed.success ? parseImportId(parsed.data.import_id) : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The imports that a request has created, to be queued before the process is frozen. */
export class PendingImports {
  readonly #importIds = new Set<ImportId>();
  readonly #queue: ImportQueue;
  readonly #log: Log;

  constructor(queue: ImportQueue, log: Log) {
    this.#queue = queue;
    this.#log = log;
  }

  collectFrom(changes: Pick<ChangeNotifier, 'watchImports'>): void {
    changes.watchImports((importId) => this.#importIds.add(importId));
  }

  /** Never rejects: the scheduled function finds imports that could not be queued. */
  async flush(): Promise<void> {
    if (this.#importIds.size === 0) return;
    const importIds = [...this.#importIds];
    this.#importIds.clear();
    try {
      await this.#queue.send(importIds);
    } catch (err) {
      this.#log.error({ err, import_ids: importIds }, 'queueing imports failed, will be retried');
    }
  }
}
