import * as z from 'zod';
import { type ImportId, parseImportId } from '../domain/ids.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import type { Log } from '../telemetry/log.ts';
import { retryableOnce } from './retryable-once.ts';
import type { SqsOptions } from './sqs.ts';

/** SQS takes no more messages with one request. */
const BATCH_MAX = 10;

/** Has steps of imports taken by whoever gets its messages. */
export interface ImportQueue {
  /**
   * Sends a message for each. There may be several for one import by then, which does no harm.
   * @param ending sends nothing further once it is aborted
   * @throws where not all of them were taken
   */
  send(importIds: readonly ImportId[], deadline?: AbortSignal): Promise<void>;
}

/** The queue on SQS, whose client is loaded with the first message: a function that sends none starts without it. */
export function importQueue(options: SqsOptions): ImportQueue {
  const opened = retryableOnce(async () => (await import('./sqs.ts')).sqsSender(options));
  return {
    async send(importIds, deadline) {
      for (let start = 0; start < importIds.length && !deadline?.aborted; start += BATCH_MAX) {
        const sendBatch = await opened();
        await sendBatch(importIds.slice(start, start + BATCH_MAX).map(messageFor));
      }
    },
  };
}

const message = z.object({ import_id: z.string() });

function messageFor(importId: ImportId): string {
  return JSON.stringify({ import_id: importId } satisfies z.infer<typeof message>);
}

/** @returns undefined for a message that names no import */
export function importIdIn(body: string): ImportId | undefined {
  const read = message.safeParse(jsonIn(body));
  return read.success ? parseImportId(read.data.import_id) : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The imports that a request has opened, to be handed on before the process stands still. */
export class PendingImports {
  readonly #found = new Set<ImportId>();
  readonly #queue: ImportQueue;
  readonly #log: Log;

  constructor(queue: ImportQueue, log: Log) {
    this.#queue = queue;
    this.#log = log;
  }

  collectFrom(changes: Pick<ChangeNotifier, 'watchImports'>): void {
    changes.watchImports((importId) => this.#found.add(importId));
  }

  /** Never rejects: the clock finds what could not be handed on. */
  async flush(): Promise<void> {
    if (this.#found.size === 0) return;
    const importIds = [...this.#found];
    this.#found.clear();
    try {
      await this.#queue.send(importIds);
    } catch (err) {
      this.#log.error({ err, import_ids: importIds }, 'an import is left to the clock');
    }
  }
}
