import { DomainError } from '../domain/errors.ts';
import type { StoredResponse } from '../domain/idempotency.ts';
import type { Caller } from '../domain/identity.ts';
import type { RequestId } from '../domain/ids.ts';
import { type AdmissionState, authenticate, type RateState } from './authenticate.ts';
import { fingerprint, type KeysSent, type RequestPrint, readKey, recordKeyOf } from './idempotency.ts';
import type { RequestMetadata } from './request-metadata.ts';
import { runCommand } from './run-command.ts';
import type { CommandResult, Services } from './services.ts';
import { toDomainError } from './to-domain-error.ts';
import type { CommandContext, UseCase } from './use-case.ts';
import { validateInput } from './validate-input.ts';

/*
 * The one road of every request, through whatever door:
 *   read → admit → form → command: view → authorize → replay | plan → commit → answer   (carry-out.ts)
 *                         query:   read → answer
 */

/** A request as a door hands it in. */
export interface UseCaseRequest {
  readonly requestId: RequestId;
  /** W3C trace context, well-formed. */
  readonly traceparent: string | null;
  /** The bearer token, unverified. */
  readonly token: string | undefined;
  /** The client's network address. */
  readonly address: string;
  /** Takes in the body; throws where it is too large or of a kind that the door does not read. */
  read(): Promise<RequestPayload>;
}

/** What came with a call, not yet looked into. */
export interface RequestPayload extends Omit<RequestPrint, 'body'> {
  readonly keys: KeysSent;
  /** The body parsed; throws where it is not of its form. What has to arrive first is read by this, once its sender is known. */
  body(): RequestBody | Promise<RequestBody>;
}

export interface RequestBody {
  readonly members: Readonly<Record<string, unknown>>;
  /** What tells it from another body; its members if left out. */
  readonly print?: string;
}

/** What the door hands back. */
export interface UseCaseResponse {
  readonly requestId: RequestId;
  readonly result: StoredResponse | DomainError;
  /** Undefined where the request did not come so far. */
  readonly rate: RateState | undefined;
  /** The request whose answer this is, where it is a replay. */
  readonly replayedRequestId: RequestId | undefined;
}

/** Carries out one request. Never throws: what goes wrong is told in the reply, and counted. */
export async function execute(services: Services, useCase: UseCase, call: UseCaseRequest): Promise<UseCaseResponse> {
  const started = performance.now();
  const learned: AdmissionState = {};
  const outcome = await run(services, useCase, call, learned).catch((thrown): CommandResult => ({ result: toDomainError(thrown) }));
  const { result, replayedRequestId, lendersAdded = 0 } = outcome;
  const { requestId, traceparent } = call;
  services.telemetry.requestEnded({
    ...{ requestId, traceparent, replayedRequestId: replayedRequestId, lendersAdded },
    endpoint: useCase.endpoint,
    durationMs: performance.now() - started,
    failure: result instanceof DomainError ? result : undefined,
    userId: learned.identity?.userId,
  });
  return { requestId, result, replayedRequestId, rate: learned.rate };
}

async function run(services: Services, useCase: UseCase, call: UseCaseRequest, learned: AdmissionState): Promise<CommandResult> {
  const sent = await call.read();
  const caller = await authenticate(services.authenticator, call, learned);
  if (useCase.kind === 'query') {
    const input = validateInput(useCase.input, sent.parameters, { before: [], among: [] });
    const body = await useCase.read(contextFor(services, caller, input), services);
    return { result: { status: 200, body: JSON.stringify(body), location: null } };
  }
  const { members: inBody, print = inBody } = await sent.body();
  const members = { ...inBody, ...sent.parameters };
  const key = readKey(sent.keys);
  const input = validateInput(useCase.input, members, {
    before: typeof key === 'object' ? [key] : [],
    among: useCase.form?.(members, caller) ?? [],
  });
  const { requestId, traceparent } = call;
  const idempotency = typeof key === 'string' ? underKey(key, caller, useCase, { ...sent, body: print }) : undefined;
  return runCommand(services, useCase, contextFor(services, caller, input), { requestId, traceparent, idempotency });
}

export function contextFor<Input>({ clock, ids, rules }: Services, caller: Caller, input: Input): CommandContext<Input> {
  return { input, caller, ids, rules, now: clock() };
}

function underKey(key: string, caller: Caller, { endpoint }: UseCase, print: RequestPrint): RequestMetadata['idempotency'] {
  const loan = String(print.parameters['loan_id'] ?? '');
  return { recordKey: recordKeyOf(caller, endpoint, loan, key), print: fingerprint(print) };
}
