import { setTimeout as pause } from 'node:timers/promises';
import { jsonResponse } from './errors.ts';
import { type DatabaseResponse, type Exchange, type ProxyRule, passThrough } from './proxy.ts';

/* What can go wrong between a program and DynamoDB, as treatments of the proxy's. */

/** The database does not get the request; this is answered in its place. */
export function respondWith(answer: DatabaseResponse): ProxyRule {
  return ({ respond }) => respond(answer);
}

/** The connection breaks before the request has reached the database. */
export const resetBeforeForwarding: ProxyRule = ({ reset }) => reset();

/** The connection breaks when the database has carried the request out, before any of its answer is heard. */
export const resetAfterForwarding: ProxyRule = async ({ forward, reset }) => {
  await forward();
  reset();
};

/** The same, in the middle of the answer. */
export const resetMidResponse: ProxyRule = async ({ forward, response }) => {
  const { status, headers, text } = await forward();
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroySoon());
};

/** The database has carried it out, and this is answered in place of what it said. */
export function forwardAndRespondWith(answer: DatabaseResponse): ProxyRule {
  return async ({ forward, respond }) => {
    await forward();
    respond(answer);
  };
}

/** The database has carried it out; this is heard of its answer. */
export function garbledResponse(garble: (text: string) => string): ProxyRule {
  return async ({ forward, respond }) => {
    const answer = await forward();
    respond({ ...answer, text: garble(answer.text) });
  };
}

/** Half of the answer, told as if it were the whole. */
export const truncatedResponse = garbledResponse((text) => text.slice(0, text.length / 2));

export const malformedResponse = garbledResponse(() => '{"Responses":[{"It');

export const emptyResponse = garbledResponse(() => '{}');

/** Neither reaches the database nor is ever answered. */
export const notForwarded: ProxyRule = () => {};

/** The database has carried it out, and the answer never comes. */
export const forwardedWithoutResponse: ProxyRule = async ({ forward }) => void (await forward());

/** The head of the answer comes at once, its body byte by byte. */
export function slowResponse(msEach: number): ProxyRule {
  return async ({ forward, response }) => {
    const { status, headers, text } = await forward();
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
    for (const byte of Buffer.from(text)) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await pause(msEach);
    }
    response.end();
  };
}

/** The database gets another body. */
export function rewrittenRequest(change: (body: Exchange['request']['body']) => unknown): ProxyRule {
  return async ({ request, forward, respond }) => respond(await forward(JSON.stringify(change(request.body))));
}

/** The database takes a transaction that it knows for another one. */
export const withNewToken = rewrittenRequest((body) => ({
  ...body,
  ClientRequestToken: `other-${body.ClientRequestToken}`.slice(0, 36),
}));

/** A batch of which so many keys are read, and the rest left for later. */
export function leaveUnprocessed(read: number): ProxyRule {
  return async ({ request, forward, respond }) => {
    const [table = '', context] = Object.entries<{ Keys: unknown[] }>(request.body.RequestItems)[0] ?? [];
    const keys = context?.Keys ?? [];
    const wanted = { ...request.body, RequestItems: { [table]: { ...context, Keys: keys.slice(0, read) } } };
    const nothing = jsonResponse(200, { Responses: { [table]: [] } });
    const answer = read > 0 ? await forward(JSON.stringify(wanted)) : nothing;
    const UnprocessedKeys = { [table]: { ...context, Keys: keys.slice(read) } };
    respond(jsonResponse(200, { ...JSON.parse(answer.text), UnprocessedKeys }));
  };
}

/** Holds a request back until the test lets it go on. */
export function heldRequest(then: ProxyRule = passThrough) {
  const arrival = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const treatment: ProxyRule = async (exchange) => {
    arrival.resolve();
    await release.promise;
    await then(exchange);
  };
  return { treatment, arrived: arrival.promise, release: () => release.resolve() };
}
