interface BlockFields {
  /** Milliseconds until the client connects again. */
  readonly retry?: number;
  /** The cursor. */
  readonly id?: string;
  /** Type of the message; left out for an event. */
  readonly event?: string;
  readonly data?: object;
}

/** One block of server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export function eventBlock({ data, ...fields }: BlockFields): string {
  const lines = Object.entries({ ...fields, ...(data && { data: JSON.stringify(data) }) });
  return `${lines.map(([name, value]) => `${name}: ${value}\n`).join('')}\n`;
}
