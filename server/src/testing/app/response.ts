/** A response, read to its end. */
export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, if it is JSON; untyped, as its shape is what tests check. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is what it checks
  readonly body: any;
}

export function toTestResponse(status: number, headers: Headers, text: string): TestResponse {
  const isJson = /json/.test(headers.get('Content-Type') ?? '') && text !== '';
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
}

export async function readResponse(response: Response): Promise<TestResponse> {
  return toTestResponse(response.status, response.headers, await response.text());
}
