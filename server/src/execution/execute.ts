import type { DomainError, FieldError } from '../domain/errors.ts';
import type { Caller } from '../domain/identity.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Loan } from '../domain/loan.ts';
import { authenticate, type Credentials, type RateState } from './authenticate.ts';
import {
  type FingerprintInput,
  fingerprint,
  type IdempotencyKeyHeaders,
  idempotencyRecordKey,
  parseIdempotencyKey,
} from './idempotency.ts';
import { JsonBody } from './json-body.ts';
import type { RequestMetadata } from './request-metadata.ts';
import { runCommand } from './run-command.ts';
import type { Services } from './services.ts';
import { type RequestProgress, trackRequest } from './track-request.ts';
import type { UseCase, UseCaseContext, UseCaseResult } from './use-case.ts';
import { validateInput } from './validate-input.ts';

/*
 * The pipeline of every request, through whatever API:
 *   read headers → authenticate → read body → validate input → command: view → authorize → replay | plan → commit → response
 *                                          query:   read → response
 */

/** A request as an API passes it in. */
export interface UseCaseRequest extends RequestMetadata, Credentials {
  /** Reads the headers, not the body. @throws DomainError where they name a body too large, or not of the API's media type */
  read(): Promise<RequestPayload>;
}

/** The contents of a request, not validated yet. */
export interface RequestPayload extends Omit<FingerprintInput, 'body'> {
  readonly keys: IdempotencyKeyHeaders;
  /** Of a command's query string. Reported after those of the headers. */
  readonly queryViolations?: readonly FieldError[];
  /**
   * Reads the body; called once the caller is known, and within their rate.
   * @param loan as the command's `head` has read it
   * @throws DomainError where it is malformed
   */
  body(caller: Caller, loan: Loan | undefined): RequestBody | Promise<RequestBody>;
}

interface RequestBody {
  readonly members: Readonly<Record<string, unknown>>;
  /** Replaces the members in the fingerprint: the digest of an uploaded file. */
  readonly fingerprintInput?: string;
}

export interface UseCaseResponse {
  readonly requestId: RequestId;
  readonly result: UseCaseResult | DomainError;
  /** Undefined where the request failed before its rate was counted. */
  readonly rate: RateState | undefined;
  /** For a replay: the request that first got this response. */
  readonly replayedRequestId: RequestId | undefined;
}

/** Runs one request and counts it. Never throws: every error becomes a `DomainError` in the response. */
export async function execute(services: Services, useCase: UseCase, request: UseCaseRequest): Promise<UseCaseResponse> {
  const progress: RequestProgress = {};
  const result = await trackRequest(services.telemetry, useCase.endpoint, request, progress, () =>
    run(services, useCase, request, progress),
  );
  return { requestId: request.requestId, result, rate: progress.rate, replayedRequestId: progress.replayedRequestId };
}

async function run(
  services: Services,
  useCase: UseCase,
  request: UseCaseRequest,
  progress: RequestProgress,
): Promise<UseCaseResult> {
  const payload = await request.read();
  const caller = await authenticate(services.authenticator, request, progress);
  if (useCase.kind === 'query') {
    const input = validateInput(useCase.input, payload.parameters);
    const body = await useCase.read(createContext(services, caller, input, request), services);
    return { status: 200, body: JsonBody.of(body), location: null };
  }
  const key = parseIdempotencyKey(payload.keys);
  const headers = [...(typeof key === 'object' ? [key] : []), ...(payload.queryViolations ?? [])];
  let loan: Loan | undefined;
  if (useCase.head) {
    const input = validateInput(useCase.head.input, payload.parameters, { headers, members: [] });
    loan = await useCase.head.authorize(createContext(services, caller, input, request), services);
  }
  const { members: inBody, fingerprintInput = inBody } = await payload.body(caller, loan);
  const members = { ...inBody, ...payload.parameters };
  const input = validateInput(useCase.input, members, { headers, members: useCase.validate?.(members, caller) ?? [] });
  const { loan_id: inPath, hold_id: hold } = payload.parameters;
  const loanId = String(inPath ?? hold ?? ''); // a hold is of one loan
  const idempotency =
    typeof key === 'string'
      ? {
          recordKey: idempotencyRecordKey(caller, useCase.endpoint, loanId, key),
          fingerprint: fingerprint({ ...payload, body: fingerprintInput }),
        }
      : undefined;
  const context = createContext(services, caller, input, request);
  const network = services.networkOf(request.address);
  const origin = { ...context.request, ...(network && { network }) };
  const result = await runCommand(services, useCase, { ...context, request: origin }, idempotency);
  progress.replayedRequestId = result.replayedRequestId;
  progress.lendersAdded = result.lendersAdded;
  if (result.decidedHold) services.telemetry.holdDecided({ ...context.request, hold: result.decidedHold });
  return result;
}

export function createContext<Input>(
  { clock, ids, rules }: Services,
  caller: Caller,
  input: Input,
  { requestId, traceparent }: RequestMetadata,
): UseCaseContext<Input> {
  return { input, caller, ids, rules, request: { requestId, traceparent }, now: clock() };
}
