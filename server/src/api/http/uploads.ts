import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import { contention, DomainError, rateLimited, requestTimeout } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import { KeyedLimit } from '../../domain/limits/keyed-limit.ts';
import { incompleteBody } from './request-body.ts';

/** Uploads that are read at a time, each of which takes about 10 MB of memory. */
const UPLOADS_MAX = 16;
const UPLOADS_PER_USER_MAX = 2;
/** How long an upload may send nothing. */
const STALL_SECONDS = 5;
/** The least that an upload has to send on average, from then on. */
const BYTES_PER_SECOND_MIN = 16_384;

/** Limits concurrent uploads, in all and of each user, so that no user can keep the others out. */
export class UploadLimiter {
  readonly #all: BulkheadPolicy = bulkhead(UPLOADS_MAX);
  readonly #byUser = new KeyedLimit<UserId>(UPLOADS_PER_USER_MAX);

  /** @throws DomainError `TOO_MANY_REQUESTS` where the user has too many, `SERVICE_UNAVAILABLE` where all have */
  async run<Result>(userId: UserId, read: () => Promise<Result>): Promise<Result> {
    if (this.#byUser.isFull(userId)) throw tooManyUploads();
    if (this.#all.executionSlots === 0) throw contention();
    const release = this.#byUser.take(userId);
    try {
      return await this.#all.execute(read);
    } finally {
      release();
    }
  }
}

/**
 * Yields the chunks of an upload as they arrive.
 * @throws DomainError `REQUEST_TIMEOUT` where too little of it does, `VALIDATION_ERROR` where its connection breaks
 */
export async function* chunksInTime(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  let bytes = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const before = performance.now();
      const { done, value } = await readInTime(reader);
      if (done) return;
      // Excludes the time in which this process is busy with what has arrived.
      waitedMs += performance.now() - before;
      bytes += value.length;
      const seconds = waitedMs / 1000;
      if (seconds > STALL_SECONDS && bytes < seconds * BYTES_PER_SECOND_MIN) throw tooSlow();
      yield value;
    }
  } finally {
    reader.releaseLock(); // not cancelled: that would destroy the connection before the response
  }
}

async function readInTime(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const stalled = Promise.withResolvers<never>();
  const timer = setTimeout(() => stalled.reject(tooSlow()), STALL_SECONDS * 1000);
  try {
    return await Promise.race([reader.read().catch(rejectBroken), stalled.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rejectBroken(error: unknown): never {
  throw error instanceof DomainError ? error : incompleteBody();
}

function tooSlow() {
  return requestTimeout(
    `The upload sent nothing for ${STALL_SECONDS} seconds, or less than ${BYTES_PER_SECOND_MIN} bytes a second. Please send it again.`,
  );
}

function tooManyUploads() {
  return rateLimited(
    `You have ${UPLOADS_PER_USER_MAX} uploads under way, the most there may be. Please send this one when one of them has ended.`,
    1,
  );
}
