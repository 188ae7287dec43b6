import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Env } from './hono-env.ts';

/** The response to a request that has used neither `context.header` nor another way to add to the response. */
export function textResponse(
  context: Context<Env>,
  text: string,
  status: ContentfulStatusCode,
  headers: Readonly<Record<string, string>>,
): Response {
  const send = context.get('send');
  if (!send) return context.body(text, status, headers);
  const common = context.get('headers');
  context.set('headers', undefined);
  return send(status, { ...common, ...headers }, text);
}
