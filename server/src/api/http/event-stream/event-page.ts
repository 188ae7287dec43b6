import type { HonoRequest } from 'hono';
import * as z from 'zod';
import type { JsonBody } from '../../../execution/json-body.ts';
import { PAGE_SIZE_MAX } from '../../../schemas/input-fields.ts';
import { acceptedRanges } from '../accept.ts';
import { eventBlock } from './event-block.ts';

/*
 * Server-sent events of a process that can't hold a response open, as on Lambda: it ends with its page, and the client connects
 * again after `retry` with the last id.
 */

export const EVENT_STREAM = 'text/event-stream';

/** Milliseconds until the client asks for more: after events, and after a page without any. */
const RETRY_MS = { more: 100, end: 2000 } as const;

const page = z.object({ events: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string() });

export function acceptsEventStream(request: HonoRequest): boolean {
  return acceptedRanges(request.header('Accept')).has(EVENT_STREAM);
}

/** The parameters of a page of events for a client that reads a stream: it repeats the URL, and sends the last id beside it. */
export function eventStreamParameters(request: HonoRequest, parameters: Readonly<Record<string, unknown>>) {
  const lastId = request.header('Last-Event-ID') ?? '';
  return { limit: String(PAGE_SIZE_MAX), ...parameters, ...(lastId !== '' && { after: lastId }) };
}

/** A page of events as a stream. Its last block has the cursor as id, also without an event: a stream that breaks off is repeated. */
export function eventStreamText(body: JsonBody): string {
  const { events, next_cursor: id } = page.parse(body.value);
  const retry = events.length > 0 ? RETRY_MS.more : RETRY_MS.end;
  const blocks = events.map((data) => ({ data }));
  return [{ retry }, ...blocks.slice(0, -1), { id, ...blocks.at(-1) }].map(eventBlock).join('');
}
