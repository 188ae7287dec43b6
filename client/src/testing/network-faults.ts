import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRule, WireAnswer } from './faulty-server.ts';

/* What can go wrong between a client and the server, as treatments of the hostile server's. */

const DRIP_MS = 20;
const SECOND_MS = 1000;

type Headers = Readonly<Record<string, string>>;
/** The bytes of an answer, as they go over the wire. */
type Written = (answer: WireAnswer) => string;

/** Broken before the server got the request. */
export const resetBefore: FaultRule = ({ reset }) => reset();

/** Broken when the server had carried it out. */
export const resetAfter: FaultRule = async ({ forward, reset }) => {
  await forward();
  reset();
};

/** Broken while the server is at work, so that a repeat may overtake it. */
export const resetMeanwhile: FaultRule = async ({ forward, reset }) => {
  const told = forward();
  reset();
  await told;
};

/** Neither carried out nor answered. */
export const unanswered: FaultRule = () => {};

/** Carried out, and the answer never comes. */
export const unheard: FaultRule = async ({ forward }) => void (await forward());

/** Carried out and answered, and broken when the client uses the connection again. */
export const brokenOnReuse: FaultRule = async ({ forward, deliver, resetOnReuse }) => {
  resetOnReuse();
  deliver(await forward());
};

/** Carried out; this is heard of the answer before the connection ends in good order. */
function cutTo(written: Written): FaultRule {
  return async ({ forward, socket }) => {
    socket.write(written(await forward()));
    socket.destroySoon();
  };
}

export const halfHead = cutTo((answer) => firstHalf(headOf(answer, lengthOf(answer))));

export const headOnly = cutTo((answer) => headOf(answer, lengthOf(answer)));

export const halfBody = cutTo((answer) => headOf(answer, lengthOf(answer)) + firstHalf(answer.text));

export const halfChunked = cutTo((answer) => headOf(answer, CHUNKED) + chunkOf(firstHalf(answer.text)));

/** The whole body, without the chunk that says so. */
export const unendedChunks = cutTo((answer) => headOf(answer, CHUNKED) + chunkOf(answer.text));

/** Carried out; the answer comes byte by byte. */
export const dripping = drippingAfter(
  () => '',
  (answer) => headOf(answer, lengthOf(answer)) + answer.text,
);

/** The same, but its head comes at once. */
export const drippingBody = drippingAfter(
  (answer) => headOf(answer, lengthOf(answer)),
  ({ text }) => text,
);

function drippingAfter(atOnce: Written, slowly: Written): FaultRule {
  return async ({ forward, socket }) => {
    const answer = await forward();
    socket.write(atOnce(answer));
    for (const byte of Buffer.from(slowly(answer))) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await pause(DRIP_MS);
    }
  };
}

/** The server does not get the request; this is answered in its place. */
export function answering(answer: WireAnswer): FaultRule {
  return ({ deliver }) => deliver(answer);
}

/** Carried out, and this is answered in place of what the server said. */
export function answeringAfter(change: (answer: WireAnswer) => WireAnswer): FaultRule {
  return async ({ forward, deliver }) => deliver(change(await forward()));
}

/** A refusal as the API words it. */
export function problem(status: number, error: string, headers: Headers = {}): WireAnswer {
  const body = { title: 'No', status, success: false, error, message: 'No.', request_id: 'hostile', retryable: true, details: [] };
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, text: JSON.stringify(body) };
}

/** What a gateway says on its own account. */
export function page(status: number, headers: Headers = {}): WireAnswer {
  return { status, headers: { 'content-type': 'text/html', ...headers }, text: `<html><h1>${status}</h1></html>\n` };
}

/** A server whose clock is off asks for a pause that ends at a time of its clock. @param skewMs how far its clock is ahead */
export function pauseBySkewedClock(status: number, seconds: number, skewMs: number): FaultRule {
  return ({ deliver }) => {
    const itsNow = Date.now() + skewMs;
    const until = new Date(itsNow + seconds * SECOND_MS).toUTCString();
    deliver(problem(status, 'SERVICE_UNAVAILABLE', { date: new Date(itsNow).toUTCString(), 'retry-after': until }));
  };
}

const CHUNKED = 'transfer-encoding: chunked';

function lengthOf({ text }: WireAnswer): string {
  return `content-length: ${Buffer.byteLength(text)}`;
}

function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function headOf({ status, headers }: WireAnswer, framing: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Whatever`, ...lines, framing, '', ''].join('\r\n');
}

function firstHalf(text: string): string {
  return text.slice(0, text.length / 2);
}
