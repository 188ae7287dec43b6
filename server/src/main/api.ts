import { randomUUID } from 'node:crypto';
import * as z from 'zod';

/** Where the API is called, and as whom. */
export interface Api {
  readonly send: (request: Request) => Promise<Response>;
  readonly url: string;
  readonly token?: string;
}

const problem = z.object({ error: z.string(), message: z.string(), details: z.array(z.object({ message: z.string() })) });

/** The API's own words on why it refused. */
export class RefusedError extends Error {
  readonly code: string;
  readonly body: unknown;

  constructor(code: string, message: string, body: unknown) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
    this.body = body;
  }
}

/** Nobody answered. */
export class UnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    super(`Nothing answers at ${url}. Start a server there, or leave out --url and LENDING_URL.`, { cause });
    this.name = 'UnreachableError';
  }
}

/** @returns the answer's body @throws RefusedError with every reason, UnreachableError */
export async function callApi({ send, url, token }: Api, method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const headers = new Headers(token !== undefined ? { Authorization: `Bearer ${token}` } : {});
  if (body) {
    headers.set('Content-Type', 'application/json');
    headers.set('Idempotency-Key', randomUUID());
  }
  const request = new Request(new URL(path, url), { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await send(request).catch((cause: unknown) => {
    throw new UnreachableError(url, cause);
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { error, message, details } = problem.parse(answer);
  const reasons = details.map((detail) => detail.message);
  throw new RefusedError(error, reasons.length > 1 ? reasons.join('\n') : message, answer);
}
