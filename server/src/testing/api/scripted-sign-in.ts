import { AuthClient } from '@private-lending/client';
import type { Terminal } from '../../cli/sign-in/terminal.ts';

/* A server's calls of sign-in by a script, and a user at a terminal. */

export const SERVER = 'https://lending.example.com';
export const USER = {
  user_id: 'U',
  email: 'ana@example.com',
  name: null,
  is_operator: false,
  expires_at: '2026-03-31T09:15:00.000Z',
};

interface Reply {
  readonly status?: number;
  readonly body?: object;
}

/** What a call gets: a success, or an error of the API. */
export function failed(status: number, error: string, members: object = {}): Reply {
  const retryable = status === 429 || status >= 500;
  return { status, body: { success: false, status, error, message: error, details: [], request_id: 'R', retryable, ...members } };
}

/** An error of a code, at `code` where another try may succeed. */
export function wrongCode(path: 'challenge' | 'code', message: string): Reply {
  return failed(400, 'VALIDATION_ERROR', { message, details: [{ path, code: 'INVALID', message }] });
}

/**
 * @param replies to calls, by method and path: the next one each time, and the last one again and again
 * @returns clients of it, and the calls so far
 */
export function scriptedSignIn(replies: Readonly<Record<string, readonly Reply[]>>) {
  const calls: (readonly [call: string, body: unknown, token: string | null])[] = [];
  const rest = new Map(Object.entries(replies).map(([call, list]) => [call, [...list]]));
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const call = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    calls.push([call, text === '' ? undefined : JSON.parse(text), request.headers.get('Authorization')]);
    const list = rest.get(call) ?? [];
    const { status = 200, body = {} } = (list.length > 1 ? list.shift() : list[0]) ?? failed(404, 'NOT_FOUND');
    return Response.json({ success: true, ...body }, { status });
  };
  const createAuth = (token?: string) =>
    new AuthClient({ url: SERVER, fetch, retryDelayMs: 1, ...(token === undefined ? { session: false } : { token }) });
  return { calls, createAuth };
}

/** @param answers what the user types, in order */
export function scriptedTerminal(...answers: readonly string[]): Terminal & { readonly screen: string[] } {
  const [screen, rest] = [[] as string[], [...answers]];
  return {
    screen,
    isInteractive: true,
    print: (...lines) => void screen.push(...lines),
    async ask(question) {
      const answer = rest.shift();
      if (answer === undefined) throw new Error(`nothing to answer to "${question}"`);
      screen.push(question + answer);
      return answer;
    },
  };
}
