import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRule, WireResponse } from './faulty-server.ts';

/* What can go wrong between a client and a server, as fault rules. */

const SLOW_BYTE_MS = 20;
const SECOND_MS = 1000;

type Headers = Readonly<Record<string, string>>;
/** The bytes of a response. */
type Encode = (response: WireResponse) => string;

export const resetBeforeForward: FaultRule = ({ reset }) => reset();

export const resetAfterForward: FaultRule = async ({ forward, reset }) => {
  await forward();
  reset();
};

/** Resets while the server is at work, so that a retry may overtake the first attempt. */
export const resetDuringForward: FaultRule = async ({ forward, reset }) => {
  const forwarded = forward();
  reset();
  await forwarded;
};

export const hangBeforeForward: FaultRule = () => {};

export const hangAfterForward: FaultRule = async ({ forward }) => void (await forward());

export const resetOnReuse: FaultRule = async ({ forward, deliver, resetOnReuse: resetNext }) => {
  resetNext();
  deliver(await forward());
};

/** Forwards, sends these bytes of the response, and closes the connection. */
function truncate(encode: Encode): FaultRule {
  return async ({ forward, socket }) => {
    socket.write(encode(await forward()));
    socket.destroySoon();
  };
}

export const halfHead = truncate((response) => firstHalf(headWithLength(response)));
export const headOnly = truncate(headWithLength);
export const halfBody = truncate((response) => headWithLength(response) + firstHalf(response.text));
export const halfOfChunks = truncate((response) => encodeHead(response, CHUNKED) + encodeChunk(firstHalf(response.text)));
/** The whole body, without the last chunk that marks its end. */
export const noLastChunk = truncate((response) => encodeHead(response, CHUNKED) + encodeChunk(response.text));

export const slowResponse = sendSlowly((response) => ['', headWithLength(response) + response.text]);
export const slowBody = sendSlowly((response) => [headWithLength(response), response.text]);

/** Sends the first text at once, and the second one byte by byte. */
function sendSlowly(encode: (response: WireResponse) => readonly [string, string]): FaultRule {
  return async ({ forward, socket }) => {
    const [first, slow] = encode(await forward());
    socket.write(first);
    for (const byte of Buffer.from(slow)) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await pause(SLOW_BYTE_MS);
    }
  };
}

/** Responds without forwarding. */
export function respond(response: WireResponse): FaultRule {
  return ({ deliver }) => deliver(response);
}

/** Forwards, and delivers another response. */
export function replaceResponse(change: (response: WireResponse) => WireResponse): FaultRule {
  return async ({ forward, deliver }) => deliver(change(await forward()));
}

export function json(status: number, body: object = {}, headers: Headers = {}): WireResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, text: JSON.stringify(body) };
}

/** An error of the API. */
export function problem(status: number, error: string, headers: Headers = {}, members: object = {}): WireResponse {
  const usual = { message: `it is ${error}`, request_id: 'R', retryable: true, details: [] };
  return json(
    status,
    { status, success: false, error, ...usual, ...members },
    { 'content-type': 'application/problem+json', ...headers },
  );
}

/** An error page of a gateway. */
export function page(status: number, headers: Headers = {}): WireResponse {
  return { status, headers: { 'content-type': 'text/html', ...headers }, text: `<html><h1>${status}</h1></html>\n` };
}

/** Responds with a date as `Retry-After`. @param skewMs how far the server's clock is ahead */
export function retryAfterBySkewedClock(status: number, seconds: number, skewMs: number): FaultRule {
  return ({ deliver }) => {
    const serverNow = Date.now() + skewMs;
    const until = new Date(serverNow + seconds * SECOND_MS).toUTCString();
    deliver(problem(status, 'SERVICE_UNAVAILABLE', { date: new Date(serverNow).toUTCString(), 'retry-after': until }));
  };
}

const CHUNKED = 'transfer-encoding: chunked';

function headWithLength(response: WireResponse): string {
  return encodeHead(response, `content-length: ${Buffer.byteLength(response.text)}`);
}

function encodeChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function encodeHead({ status, headers }: WireResponse, framing: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Any`, ...lines, framing, '', ''].join('\r\n');
}

function firstHalf(text: string): string {
  return text.slice(0, text.length / 2);
}
