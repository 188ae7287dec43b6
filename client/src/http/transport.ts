import { type Limit, orAborted, pause, startDeadline } from '../clock.ts';
import { ApiError, CircuitOpenError, ConnectionError, DeadlineError, LendingError } from '../errors.ts';
import { type AttemptInfo, tell } from '../hooks.ts';
import type { ChangeOptions, Settings } from '../options.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type ApiResponse, parseResponse } from './parse-response.ts';
import { type PreparedRequest, prepareRequest, type RequestSpec } from './request.ts';
import { backoffMs } from './retry.ts';
import { RetryBudget } from './retry-budget.ts';
import { type Answer, AnswerTooLong, exchange } from './send-request.ts';

/** A call under way. */
interface CallState<T> extends PreparedRequest<T> {
  readonly deadline: Limit;
  attempts: number;
  /** What the last attempt failed with. */
  failure: LendingError | undefined;
  /** The token of the last attempt. */
  token: string;
  /** A token that the server did not take. */
  refused: string | undefined;
}

/** Carries one call to its answer, by as many attempts as it takes and as are allowed. */
export class Transport {
  readonly #settings: Settings;
  readonly #breaker: CircuitBreaker;
  readonly #budget: RetryBudget;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#budget = new RetryBudget(settings.retryBudgetMax);
    this.#breaker = new CircuitBreaker({
      failuresMax: settings.breakerFailuresMax,
      pauseMs: settings.breakerPauseMs,
      pauseMsMax: settings.breakerPauseMaxMs,
      elapsed: () => settings.clock.elapsed(),
      random: settings.random,
    });
  }

  async send<T>(asked: RequestSpec<T>, options: ChangeOptions): Promise<ApiResponse<T>> {
    const { signal } = options;
    const request = prepareRequest(asked, options, this.#settings);
    const deadline = startDeadline(request.deadlineMs, signal, this.#settings.clock);
    const call: CallState<T> = { ...request, deadline, attempts: 0, failure: undefined, token: '', refused: undefined };
    try {
      for (;;) {
        const outcome = await this.#attempt(call);
        if (!(outcome instanceof LendingError)) {
          this.#budget.succeeded();
          return outcome;
        }
        call.failure = outcome;
        await this.#beforeNext(call, outcome);
      }
    } catch (error) {
      if (error instanceof LendingError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw deadline.isUp ? outOfTime(call) : error;
    } finally {
      deadline.close();
    }
  }

  /** @returns why it came to nothing. @throws where the whole call has ended */
  async #attempt<T>(call: CallState<T>): Promise<ApiResponse<T> | LendingError> {
    const { clock, attemptMs } = this.#settings;
    call.token = sendable(await orAborted(Promise.resolve(this.#settings.token(call.refused)), call.deadline.signal));
    const permit = this.#breaker.enter();
    if (!permit) throw this.#refusedByBreaker(call);
    call.attempts += 1;
    const limit = startDeadline(attemptMs, call.deadline.signal, clock);
    try {
      const answer = await this.#exchanged(call, limit.signal);
      if (answer.status < 500) permit.succeeded();
      else permit.failed();
      return parseResponse(answer, call.spec.read, { ...call, now: clock.now() });
    } catch (cause) {
      if (call.deadline.signal.aborted) throw cause;
      permit.failed();
      const message = limit.isUp ? `No whole answer came within ${attemptMs} ms.` : 'The connection broke, or there was none.';
      return new ConnectionError(message, { ...call, cause, retryable: !(cause instanceof AnswerTooLong) });
    } finally {
      limit.close();
      permit.released();
    }
  }

  async #exchanged<T>(call: CallState<T>, signal: AbortSignal): Promise<Answer> {
    const { clock, fetch, hooks, answerBytesMax } = this.#settings;
    const info = infoOf(call);
    const added = new Headers();
    tell(hooks.onRequest, { ...info, headers: added });
    const headers = new Headers(added);
    for (const [name, value] of call.headers) headers.set(name, value);
    headers.set('Authorization', `Bearer ${call.token}`);
    const body = call.body === undefined ? {} : { body: call.body };
    const from = clock.elapsed();
    try {
      const answer = await exchange(fetch, call.url, { method: info.method, headers, signal, ...body }, answerBytesMax);
      tell(hooks.onResponse, { ...info, status: answer.status, durationMs: clock.elapsed() - from });
      return answer;
    } catch (error) {
      tell(hooks.onFailure, { ...info, error, durationMs: clock.elapsed() - from });
      throw error;
    }
  }

  /** Waits as long as it should. @throws the failure where another attempt is not worth it */
  async #beforeNext<T>(call: CallState<T>, failure: LendingError): Promise<void> {
    const { clock, hooks, canRenew } = this.#settings;
    if (canRenew && call.refused === undefined && failure instanceof ApiError && failure.status === 401) {
      call.refused = call.token;
      return;
    }
    const delayMs = this.#delayBeforeNext(call, failure);
    if (delayMs === undefined || !this.#budget.take()) throw failure;
    tell(hooks.onRetry, { ...infoOf(call), error: failure, delayMs });
    await pause(delayMs, call.deadline.signal, clock);
  }

  /** @returns undefined where no attempt is left that could succeed in time */
  #delayBeforeNext<T>({ attempts, maxAttempts, deadline }: CallState<T>, { retryable, retryAfter = 0 }: LendingError) {
    const { retryAfterMaxMs, retryDelayMs, retryDelayMaxMs, random } = this.#settings;
    const askedMs = retryAfter * 1000;
    if (!retryable || attempts >= maxAttempts || askedMs > retryAfterMaxMs) return undefined;
    // Behind what the server asks for, too: it asks the same of everybody.
    const delayMs = askedMs + backoffMs(attempts, { delayMs: retryDelayMs, delayMsMax: retryDelayMaxMs, random });
    return delayMs < deadline.remainingMs() ? delayMs : undefined;
  }

  #refusedByBreaker<T>({ requestId, attempts, failure }: CallState<T>): CircuitOpenError {
    const retryAfter = this.#breaker.remainingMs() / 1000;
    const message = 'Nothing was sent, because the server has failed too often lately. It will be tried again after a while.';
    return new CircuitOpenError(message, { requestId, attempts, retryable: true, retryAfter, cause: failure });
  }
}

/** What could not stand in a header would be told, in full, by whatever refuses it. */
function sendable(token: string): string {
  const trimmed = String(token).trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new TypeError('The token is empty, or has characters that no token has.');
  return trimmed;
}

function outOfTime<T>({ requestId, attempts, deadlineMs, failure }: CallState<T>): DeadlineError {
  const message = `There was no answer within ${deadlineMs} ms.`;
  return new DeadlineError(message, { requestId, attempts, retryable: true, cause: failure });
}

function infoOf<T>({ spec, url, requestId, attempts }: CallState<T>): AttemptInfo {
  return { operation: spec.operation, method: spec.method, path: url.pathname, requestId, attempt: attempts };
}
