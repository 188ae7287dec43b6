import { setTimeout as pause } from 'node:timers/promises';
import { jsonResponse } from './errors.ts';
import { type DatabaseResponse, type Exchange, type ProxyRule, passThrough } from './proxy.ts';

/* Faults between the program and DynamoDB, as rules for the proxy. */

/* The request does not reach the database. */

export function respondWith(response: DatabaseResponse): ProxyRule {
  return ({ respond }) => respond(response);
}

export const resetBeforeForwarding: ProxyRule = ({ reset }) => reset();

export const notForwarded: ProxyRule = () => {};

/* The database carries the request out, and its response is lost or changed. */

export const resetAfterForwarding: ProxyRule = async ({ forward, reset }) => {
  await forward();
  reset();
};

export const resetMidResponse: ProxyRule = async ({ forward, raw }) => {
  const { status, headers, text } = await forward();
  raw.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  raw.write(text.slice(0, text.length / 2), () => raw.socket?.destroySoon());
};

export const forwardedWithoutResponse: ProxyRule = async ({ forward }) => void (await forward());

export function forwardAndRespondWith(response: DatabaseResponse): ProxyRule {
  return changedResponse(() => response);
}

/** @param garble changes the body; the headers stay valid */
export function garbledResponse(garble: (text: string) => string): ProxyRule {
  return changedResponse((response) => ({ ...response, text: garble(response.text) }));
}

export const truncatedResponse = garbledResponse((text) => text.slice(0, text.length / 2));

export const malformedResponse = garbledResponse(() => '{"Responses":[{"It');

export const emptyResponse = garbledResponse(() => '{}');

/** Sends the head at once, and the body byte by byte. */
export function slowResponse(msPerByte: number): ProxyRule {
  return async ({ forward, raw }) => {
    const { status, headers, text } = await forward();
    raw.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
    for (const byte of Buffer.from(text)) {
      if (raw.destroyed) return;
      raw.write(Buffer.of(byte));
      await pause(msPerByte);
    }
    raw.end();
  };
}

function changedResponse(change: (response: DatabaseResponse) => DatabaseResponse): ProxyRule {
  return async ({ forward, respond }) => respond(change(await forward()));
}

/* The database gets another request. */

export function rewrittenRequest(change: (body: Exchange['request']['body']) => unknown): ProxyRule {
  return async ({ request, forward, respond }) => respond(await forward(JSON.stringify(change(request.body))));
}

/** The database takes a transaction that is sent again for another one. */
export const withNewToken = rewrittenRequest((body) => ({
  ...body,
  ClientRequestToken: `other-${body.ClientRequestToken}`.slice(0, 36),
}));

/** Reads only the first keys of a batch, and returns the others as unprocessed. */
export function leaveUnprocessed(read: number): ProxyRule {
  return async ({ request, forward, respond }) => {
    const [[table, batch] = ['', { Keys: [] }]] = Object.entries<{ Keys: unknown[] }>(request.body.RequestItems);
    const firstKeys = { ...request.body, RequestItems: { [table]: { ...batch, Keys: batch.Keys.slice(0, read) } } };
    const text = read > 0 ? (await forward(JSON.stringify(firstKeys))).text : `{"Responses":{"${table}":[]}}`;
    const UnprocessedKeys = { [table]: { ...batch, Keys: batch.Keys.slice(read) } };
    respond(jsonResponse(200, { ...JSON.parse(text), UnprocessedKeys }));
  };
}

/** Holds a request until the test releases it. */
export function holdRequest(then: ProxyRule = passThrough) {
  const arrival = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const rule: ProxyRule = async (exchange) => {
    arrival.resolve();
    await release.promise;
    await then(exchange);
  };
  return { rule, arrived: arrival.promise, release: () => release.resolve() };
}
