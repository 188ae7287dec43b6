/* Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */

export interface ServerSentEvent {
  /** Undefined for a block that has only an id. */
  readonly data: string | undefined;
  readonly type: string;
  /** Of this event, or of the last one before it that had an id. */
  readonly id: string;
}

/** Of a line, and of the data of one event, in UTF-16 code units. An event of a loan is far smaller. */
const EVENT_LENGTH_MAX = 2 ** 20;

/** Parses a stream that arrives in pieces, which may end anywhere. */
export class EventStreamParser {
  /** Milliseconds after which to connect again, if the stream has named it. */
  retryMs: number | undefined;
  #id: string;
  #hasNewId: boolean = false;
  #type: string = '';
  #data: string | undefined;
  #line = '';
  /** A LF at the start of the next piece then belongs to the same line end. */
  #hasEndedInCr: boolean = false;

  /** @param id the last one of an earlier stream */
  constructor(id: string) {
    this.#id = id;
  }

  /** @throws RangeError for an event that is too long */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lineEnd = /\r\n?|\n/g;
    let start = this.#hasEndedInCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#hasEndedInCr = text.endsWith('\r');
    lineEnd.lastIndex = start;
    for (let end = lineEnd.exec(text); end; end = lineEnd.exec(text)) {
      const line = this.#line + text.slice(start, end.index);
      this.#line = '';
      start = lineEnd.lastIndex;
      if (line !== '') this.#readField(line);
      else events.push(...this.#endBlock());
    }
    this.#line += text.slice(start);
    if (this.#line.length + (this.#data?.length ?? 0) > EVENT_LENGTH_MAX)
      throw new RangeError(`An event of the stream is longer than ${EVENT_LENGTH_MAX} characters.`);
    return events;
  }

  #readField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    else if (name === 'event') this.#type = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    else if (name === 'id' && !value.includes('\0')) {
      this.#id = value;
      this.#hasNewId = true;
    }
  }

  #endBlock(): ServerSentEvent[] {
    const event = { data: this.#data, type: this.#type || 'message', id: this.#id };
    const hasContent = event.data !== undefined || this.#hasNewId;
    this.#data = undefined;
    this.#type = '';
    this.#hasNewId = false;
    return hasContent ? [event] : [];
  }
}
