import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { VerifiedCaller } from './authenticate.ts';
import { type LoanStore, notFound, requireBorrower, type Stored } from './loan-store.ts';
import { presentLender } from './plan-add.ts';
import { presentLoan } from './present-loan.ts';
import { Problem, problemBody } from './problem.ts';
import { parseKey, parseLenders, parseLoan } from './requests.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: VerifiedCaller;
  }
}

const BODY_BYTES_MAX = 65_536;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Authenticate = (header: string | undefined) => Promise<VerifiedCaller>;

/** The part of the API that the benchmark uses, on a store. @param logFile gets a line for each request */
export function createApp(store: LoanStore, authenticate: Authenticate, logFile: string): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    logger: { file: logFile },
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.addHook('onResponse', async ({ log, caller, method, routeOptions }, { statusCode, elapsedTime }) => {
    const line = { method, route: routeOptions.url, status: statusCode, duration_ms: elapsedTime, user_id: caller?.userId };
    log.info(line, 'request completed');
  });
  app.addHook('onRequest', async (request) => {
    request.caller = await authenticate(request.headers.authorization);
  });
  app.setErrorHandler((thrown, request, reply) => sendProblem(thrown, request, reply));

  app.post('/loans', async (request, reply) => {
    requireVerified(request.caller);
    const input = parseLoan(request.body);
    const stored = await store.createLoan(input, contextOf(request));
    const { loan } = JSON.parse(stored.body);
    reply.header('Location', `/loans/${loan.loan_id}`);
    return sendStored(reply, stored);
  });
  app.post<ByLoan>('/loans/:loanId/lenders', async (request, reply) => {
    requireVerified(request.caller);
    const inputs = parseLenders(request.body, request.caller);
    const context = contextOf(request);
    return sendStored(reply, await store.addLenders(idOf(request.params.loanId), inputs, context));
  });
  app.delete<ByLender>('/loans/:loanId/lenders/:lenderId', async (request, reply) => {
    const { loanId, lenderId } = request.params;
    const { loan, lender } = await store.revoke(idOf(loanId), idOf(lenderId), contextOf(request));
    return reply.send({ success: true, loan: presentLoan(loan), lender: presentLender(lender, loan.decimals) });
  });
  app.get<ByLoan>('/loans/:loanId', async (request, reply) => {
    const loan = await readLoan(store, request);
    return reply.send({ success: true, loan: presentLoan(loan), mails_on_their_way: 0 }); // it sends none
  });
  app.get<ByLoan & { Querystring: { limit?: string } }>('/loans/:loanId/lenders', async (request, reply) => {
    const loan = await readLoan(store, request);
    const lenders = await store.listLenders(loan.loanId, Number(request.query.limit ?? 20));
    return reply.send({ success: true, lenders: lenders.map((lender) => presentLender(lender, loan.decimals)), next_cursor: null });
  });
  return app;
}

interface ByLoan {
  Params: { loanId: string };
}

interface ByLender {
  Params: { loanId: string; lenderId: string };
}

async function readLoan(store: LoanStore, { params, caller }: FastifyRequest<ByLoan>) {
  const loan = await store.readLoan(idOf(params.loanId));
  requireBorrower(loan, caller);
  if (!loan) throw notFound();
  return loan;
}

function contextOf(request: FastifyRequest) {
  const { caller, id, headers, body } = request;
  return { caller, key: parseKey(headers['idempotency-key'], body), requestId: id };
}

function idOf(text: string): string {
  if (!UUID.test(text)) throw notFound();
  return text;
}

function requireVerified({ isVerified }: VerifiedCaller): void {
  if (!isVerified) throw new Problem(403, 'Verify your e-mail address first.');
}

function sendStored(reply: FastifyReply, { status, body, originalRequestId }: Stored) {
  reply.code(status).type('application/json; charset=utf-8').header('X-Request-Id', reply.request.id);
  if (originalRequestId !== undefined) {
    reply.header('Idempotency-Replayed', 'true').header('Idempotency-Original-Request-Id', originalRequestId);
  }
  return reply.send(body);
}

function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(thrown);
  if (problem.status === 500) request.log.error(thrown, 'request failed');
  if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer');
  if (problem.retryAfter !== undefined) reply.header('Retry-After', problem.retryAfter);
  reply.code(problem.status).type('application/problem+json').header('X-Request-Id', request.id);
  return reply.send(problemBody(problem, request.id));
}

function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const status = Object(thrown).statusCode; // of Fastify's own errors
  if (status === 413 || status === 415 || status === 400) return new Problem(status, String(Object(thrown).message));
  return new Problem(500, 'Something went wrong on our side.');
}
