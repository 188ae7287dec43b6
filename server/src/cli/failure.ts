import { ApiError, CircuitOpenError, ConnectionError, DeadlineError } from '@private-lending/client';
import { statusOf } from '../api/http/problem.ts';
import { ConfigError } from '../config/config.ts';
import { DomainError } from '../domain/errors.ts';
import { StoreError, StoreSetupError } from '../storage/store.ts';
import { EXIT, type ExitCode, exitCodeOfStatus } from './exit-codes.ts';
import { UsageError } from './lending-command.ts';
import { showControls } from './terminal-text.ts';

/** How a command reports an error. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** Lines for standard error. */
  readonly text: string;
  /** The same as JSON, in the shape of the API's errors. */
  readonly body: object;
}

/** An error with advice on what to type next. */
export class AdvisedError extends Error {
  override readonly name = 'AdvisedError';
  readonly advice: string;

  constructor(cause: unknown, advice: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.advice = advice;
  }
}

export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Sorts an error by its kind. @param debug show the stack trace of an unexpected one */
export function describeFailure(error: unknown, debug: boolean): Failure {
  if (error instanceof AdvisedError) {
    const { exitCode, text, body } = describeFailure(error.cause, debug);
    return { exitCode, text: `${text}\n${error.advice}`, body: { ...body, advice: error.advice } };
  }
  if (error instanceof ApiError) return apiFailure(error);
  if (error instanceof UsageError) return usageFailure(error);
  if (error instanceof DomainError) return failure(exitCodeOfStatus(statusOf(error.code)), error.code, error.message);
  if (error instanceof ConfigError) return failure(EXIT.usage, 'INVALID_CONFIGURATION', error.message);
  if (error instanceof StoreSetupError) {
    const isLater = error.cause instanceof StoreError || isNetworkError(error.cause);
    return isLater
      ? failure(EXIT.unavailable, 'DATABASE_UNAVAILABLE', error.message)
      : failure(EXIT.usage, 'UNUSABLE_STORE', error.message);
  }
  if (error instanceof StoreError) {
    const message = `The database is ${error.kind}: ${error.message}. Please try again later.`;
    return failure(EXIT.unavailable, 'DATABASE_UNAVAILABLE', message);
  }
  const isConnection = [UnreachableError, ConnectionError, DeadlineError, CircuitOpenError].some((type) => error instanceof type);
  if (isConnection && error instanceof Error) return failure(EXIT.unavailable, 'SERVER_UNAVAILABLE', error.message);
  return unexpectedFailure(error, debug);
}

function apiFailure({ status, code, message, details, body, requestId, retryable }: ApiError): Failure {
  const text = details.length > 1 ? details.map((detail) => detail.message).join('\n') : message;
  const isProblem = typeof body === 'object' && body !== null && 'error' in body;
  const request_id = requestId;
  const problem = isProblem ? body : { success: false, status, error: code, message, request_id, retryable, details };
  return { exitCode: exitCodeOfStatus(status), text: text.split('\n').map(showControls).join('\n'), body: problem };
}

function usageFailure({ message, command, showsHelp }: UsageError): Failure {
  const { exitCode, text, body } = failure(EXIT.usage, 'INVALID_USAGE', message);
  if (command === undefined) return { exitCode, text, body };
  const usage = showsHelp ? command.helpInformation() : `${command.usageLine}\nFor help: ${command.typed} --help`;
  return { exitCode, text: `error: ${text}\n${usage.trimEnd()}`, body: { ...body, advice: `For help: ${command.typed} --help` } };
}

function unexpectedFailure(error: unknown, debug: boolean): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const { exitCode, text, body } = failure(EXIT.unexpected, 'UNEXPECTED_ERROR', `Unexpected error: ${message}`);
  const stack = debug && error instanceof Error ? error.stack : undefined;
  const more = stack ?? 'With LENDING_DEBUG=1, the command shows where it arose.';
  return { exitCode, text: `${text}\n${more}`, body: { ...body, ...(stack !== undefined && { stack }) } };
}

function failure(exitCode: ExitCode, error: string, message: string): Failure {
  const body = { success: false, error, message, retryable: exitCode === EXIT.unavailable, details: [] };
  return { exitCode, text: message, body };
}

/** Codes of Node for a host that can't be reached. */
const NEVER_REACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];
const NETWORK_CODES: ReadonlySet<unknown> = new Set([...NEVER_REACHED, 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);

/** Whether no request can have arrived. */
export function isNeverReached(error: unknown): boolean {
  return codesOf(error).some((code) => NEVER_REACHED.includes(code));
}

function isNetworkError(error: unknown): boolean {
  return codesOf(error).some((code) => NETWORK_CODES.has(code));
}

/** The codes of an error and its causes. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...own, ...inner.flatMap(codesOf), ...codesOf(error.cause)];
}
