import { DomainError } from '../domain/errors.ts';
import type { RequestMetadata } from '../execution/request-metadata.ts';
import { StoreError } from '../storage/store.ts';
import type { Log } from '../telemetry/log.ts';
import { traceIdOf } from '../telemetry/trace.ts';

/** How long a result is kept, however many ask. */
const KEPT_MS = 1000;
/** A check that takes longer counts as failed. Load balancers wait for five seconds. */
const CHECK_MS_MAX = 3000;
const RETRY_AFTER_S = 10;

/** Something that the program needs to take requests. */
export interface ReadinessCheck {
  /** The message if it fails. Everybody may see it. */
  readonly failure: string;
  /** Rejects where it fails. */
  run(): Promise<unknown>;
}

export interface ReadinessOptions {
  readonly checks: readonly ReadinessCheck[];
  readonly log: Log;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
  readonly checkMsMax?: number;
}

/** Whether the program can take requests: runs its checks at most once a second, and each of them once at a time. */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #running = new Map<ReadinessCheck, Promise<unknown>>();
  #latest: Promise<string | undefined> | undefined;
  #endedAt: number | undefined;
  #state: 'running' | 'stopping' = 'running';
  #wasReady = true;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** From now on it is not ready. */
  stop(): void {
    this.#state = 'stopping';
  }

  /** @throws DomainError `SERVICE_UNAVAILABLE` that says what is wrong */
  async requireReady(request: RequestMetadata): Promise<void> {
    if (this.#state === 'stopping') throw notReady('the program is stopping');
    const { now = () => performance.now() } = this.#options;
    if (this.#endedAt !== undefined && now() - this.#endedAt >= KEPT_MS) this.#latest = undefined;
    if (this.#latest === undefined) {
      this.#endedAt = undefined;
      this.#latest = this.#runAll(request).finally(() => {
        this.#endedAt = now();
      });
    }
    const failures = await this.#latest;
    if (failures !== undefined) throw notReady(failures);
  }

  /** @returns what is wrong */
  async #runAll({ requestId, traceparent }: RequestMetadata): Promise<string | undefined> {
    const { checks, log } = this.#options;
    const outcomes = await Promise.all(checks.map(async (check) => ({ check, error: await this.#errorOf(check) })));
    const failed = outcomes.filter(({ error }) => error !== undefined);
    const isReady = failed.length === 0;
    if (isReady !== this.#wasReady) {
      const [first] = failed;
      const ids = { request_id: requestId, trace_id: traceIdOf(traceparent) };
      if (first) log.error({ err: first.error, ...ids }, `not ready: ${first.check.failure}`);
      else log.info('ready again');
    }
    this.#wasReady = isReady;
    return isReady ? undefined : failed.map(({ check, error }) => `${check.failure}${reasonOf(error)}`).join('; ');
  }

  /** A check that is still running is not started again. */
  async #errorOf(check: ReadinessCheck): Promise<unknown> {
    const { checkMsMax = CHECK_MS_MAX } = this.#options;
    const running = this.#running.get(check) ?? check.run().finally(() => this.#running.delete(check));
    this.#running.set(check, running);
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error(`no result within ${checkMsMax} ms`)), checkMsMax);
    return Promise.race([running, timeout.promise])
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .finally(() => clearTimeout(timer));
  }
}

/**
 * @param doing what is wrong, or what the program does until it is ready
 * @param retryAfter seconds
 */
export function notReady(doing: string, retryAfter = RETRY_AFTER_S): DomainError {
  const seconds = retryAfter === 1 ? 'second' : 'seconds';
  const message = `Not ready: ${doing}. Please retry after ${retryAfter} ${seconds}.`;
  return new DomainError('SERVICE_UNAVAILABLE', 'DatabaseUnavailable', message, { retryAfter });
}

/** Leaves out the text after a colon, which may name resources, such as a role that DynamoDB rejects. */
function reasonOf(error: unknown): string {
  return error instanceof StoreError ? ` (${error.message.split(':', 1)[0]})` : '';
}
