import { abortable, type Deadline, sleep, startDeadline } from '../clock.ts';
import { ApiError, CircuitOpenError, ConnectionError, DeadlineError, LendingError } from '../errors.ts';
import { type AttemptInfo, callHook } from '../hooks.ts';
import type { ChangeOptions, Settings } from '../options.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type ApiResponse, parseResponse } from './parse-response.ts';
import { type PreparedRequest, prepareRequest, type RequestSpec, SESSION_HEADER } from './request.ts';
import { backoffMs } from './retry.ts';
import { RetryBudget } from './retry-budget.ts';
import { type RawResponse, ResponseTooLargeError, sendRequest } from './send-request.ts';

/** A call in progress. */
interface CallState<T> extends PreparedRequest<T> {
  readonly deadline: Deadline;
  attempts: number;
  lastError: LendingError | undefined;
  /** Token of the last attempt. Undefined for a session. */
  token: string | undefined;
  /** Token that the server rejected. */
  rejectedToken: string | undefined;
}

/** Sends calls, with retries within the deadline, the retry budget and the circuit breaker. */
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

  /** @throws LendingError, the signal's reason, or the error of the token source */
  async send<T>(spec: RequestSpec<T>, options: ChangeOptions): Promise<ApiResponse<T>> {
    const { signal } = options;
    const request = prepareRequest(spec, options, this.#settings);
    const deadline = startDeadline(request.deadlineMs, signal, this.#settings.clock);
    const call: CallState<T> = {
      ...request,
      deadline,
      attempts: 0,
      lastError: undefined,
      token: undefined,
      rejectedToken: undefined,
    };
    try {
      for (;;) {
        const result = await this.#attempt(call);
        if (!(result instanceof LendingError)) {
          this.#budget.onSuccess();
          return result;
        }
        call.lastError = result;
        await this.#waitBeforeRetry(call, result);
      }
    } catch (error) {
      if (error instanceof LendingError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw deadline.isExpired ? deadlineError(call) : error;
    } finally {
      deadline.close();
    }
  }

  /** @returns the error of this attempt. @throws what ends the whole call */
  async #attempt<T>(call: CallState<T>): Promise<ApiResponse<T> | LendingError> {
    const { clock, attemptMs, credentials } = this.#settings;
    if (credentials.kind === 'token') {
      const token = Promise.resolve(credentials.token(call.rejectedToken));
      call.token = requireSendable(await abortable(token, call.deadline.signal));
    }
    const permit = this.#breaker.tryAcquire();
    if (!permit) throw this.#circuitOpenError(call);
    call.attempts += 1;
    const attempt = startDeadline(attemptMs, call.deadline.signal, clock);
    try {
      const response = await this.#sendOnce(call, attempt.signal);
      if (response.status < 500) permit.succeeded();
      else permit.failed();
      return parseResponse(response, call.spec.parse, { ...call, now: clock.now() });
    } catch (cause) {
      if (call.deadline.signal.aborted) throw cause;
      permit.failed();
      const message = attempt.isExpired ? `No complete response within ${attemptMs} ms.` : 'The connection failed.';
      const { requestId, attempts } = call;
      return new ConnectionError(message, { requestId, attempts, cause, retryable: !(cause instanceof ResponseTooLargeError) });
    } finally {
      attempt.close();
      permit.released();
    }
  }

  async #sendOnce<T>(call: CallState<T>, signal: AbortSignal): Promise<RawResponse> {
    const { clock, credentials, fetch, hooks, responseBytesMax } = this.#settings;
    const info = attemptInfo(call);
    const added = new Headers();
    callHook(hooks.onRequest, { ...info, headers: added });
    const headers = new Headers(added);
    for (const [name, value] of call.headers) headers.set(name, value);
    if (call.token !== undefined) headers.set('Authorization', `Bearer ${call.token}`);
    if (credentials.kind === 'session') headers.set(SESSION_HEADER, '1');
    const body = call.body === undefined ? {} : { body: call.body };
    const init: RequestInit = { method: info.method, headers, credentials: 'same-origin', ...body };
    const start = clock.elapsed();
    try {
      const response = await sendRequest(fetch, call.url, { ...init, signal }, responseBytesMax);
      callHook(hooks.onResponse, { ...info, status: response.status, durationMs: clock.elapsed() - start });
      return response;
    } catch (error) {
      callHook(hooks.onFailure, { ...info, error, durationMs: clock.elapsed() - start });
      throw error;
    }
  }

  /** @throws the error itself if there is no retry */
  async #waitBeforeRetry<T>(call: CallState<T>, error: LendingError): Promise<void> {
    const { clock, hooks, credentials } = this.#settings;
    if (error instanceof ApiError && error.status === 401) {
      if (credentials.kind === 'session') callHook(hooks.onSignedOut, { ...attemptInfo(call), error });
      if (credentials.kind === 'token' && credentials.canRenew && call.rejectedToken === undefined) {
        call.rejectedToken = call.token;
        return;
      }
    }
    const delayMs = this.#retryDelayMs(call, error);
    if (delayMs === undefined || !this.#budget.consume()) throw error;
    callHook(hooks.onRetry, { ...attemptInfo(call), error, delayMs });
    await sleep(delayMs, call.deadline.signal, clock);
  }

  /** @returns undefined if a retry can't help, is not allowed, or would start after the deadline */
  #retryDelayMs<T>({ attempts, maxAttempts, deadline }: CallState<T>, { retryable, retryAfter = 0 }: LendingError) {
    const { retryAfterMaxMs, retryDelayMs, retryDelayMaxMs, random } = this.#settings;
    const retryAfterMs = retryAfter * 1000;
    if (!retryable || attempts >= maxAttempts || retryAfterMs > retryAfterMaxMs) return undefined;
    // Jitter on top of Retry-After, which is the same for every client.
    const delayMs = retryAfterMs + backoffMs(attempts, { delayMs: retryDelayMs, delayMsMax: retryDelayMaxMs, random });
    return delayMs < deadline.remainingMs() ? delayMs : undefined;
  }

  #circuitOpenError<T>({ requestId, attempts, lastError }: CallState<T>): CircuitOpenError {
    const retryAfter = this.#breaker.remainingMs() / 1000;
    const message = 'Not sent: the server has failed repeatedly, and the circuit breaker is open.';
    return new CircuitOpenError(message, { requestId, attempts, retryable: true, retryAfter, cause: lastError });
  }
}

/** `Headers` would quote an invalid token in its error. */
function requireSendable(token: string): string {
  const trimmed = String(token).trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new TypeError('The token is empty or has invalid characters.');
  return trimmed;
}

function deadlineError<T>({ requestId, attempts, deadlineMs, lastError }: CallState<T>): DeadlineError {
  const message = `No response within ${deadlineMs} ms.`;
  return new DeadlineError(message, { requestId, attempts, retryable: true, cause: lastError });
}

function attemptInfo<T>({ spec, url, requestId, attempts }: CallState<T>): AttemptInfo {
  return { operation: spec.operation, method: spec.method, path: url.pathname, requestId, attempt: attempts };
}
