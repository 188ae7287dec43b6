import type { Headers } from './types.ts';

/* Headers of successful responses. */

const text = (description: string) => ({ description, schema: { type: 'string' } }) as const;

export const requestIdHeader: Headers = { 'X-Request-Id': text('The caller’s, or one made for this request.') };

export const rateLimitHeaders: Headers = {
  RateLimit: text('Requests left in this window, and seconds until the next.'),
  'RateLimit-Policy': text('Requests allowed in a window, and its seconds.'),
};

export const replayHeaders: Headers = {
  'Idempotency-Replayed': text('`true` where this repeats an earlier response.'),
  'Idempotency-Original-Request-Id': text('The request that this response was first sent to.'),
};

export const locationHeader: Headers = { Location: text('Path of what was created.') };

export const redirectHeader: Headers = { Location: text('The next page.') };

export const cachingHeaders: Headers = {
  ETag: text('Changes with the content. Sent back as `If-None-Match`, it saves the transfer.'),
  Vary: text('`Accept-Encoding`: `br` and `gzip` are served.'),
};
