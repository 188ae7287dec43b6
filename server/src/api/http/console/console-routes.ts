import type { Context, Hono } from 'hono';
import { pathNotFound } from '../../../domain/errors.ts';
import { prefersHtml } from '../accept.ts';
import { documentResponse, encodedDocument } from '../documents/public-document.ts';
import type { Env } from '../hono-env.ts';
import { problemResponse } from '../problem.ts';
import { ASSET_CACHE_CONTROL, type ConsoleFiles } from './console-files.ts';

/** All paths of the console. The page itself shows what belongs to the path. */
const PAGES = ['/', '/app', '/app/*', '/invite/:loan_id', '/mail/opt-out'];

const REVALIDATED = 'no-cache';

/** @param feedUrl of another host whose WebSocket feed the console uses */
function consolePolicy(feedUrl: string | undefined): string {
  const feed = feedUrl === undefined ? '' : ` ${new URL(feedUrl).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${feed}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/**
 * Responds 404 to a path that names nothing: to browsers with the page, which shows that there is none, to others with a problem.
 * @param files undefined where the console has not been built
 */
export function pageNotFound(
  context: Context<Env>,
  files: ConsoleFiles | undefined,
  feedUrl?: string,
): Response | Promise<Response> {
  const { method, path } = context.req;
  const isPage = files && (method === 'GET' || method === 'HEAD') && !path.startsWith('/assets/');
  if (!isPage) return problemResponse(context, pathNotFound());
  context.header('Vary', 'Accept', { append: true });
  if (!prefersHtml(context.req.header('Accept'))) return problemResponse(context, pathNotFound());
  context.header('Content-Security-Policy', consolePolicy(feedUrl));
  return encodedDocument(context, files.page, 404);
}

/** Serves the console. Opening any of its paths changes nothing. */
export function addConsoleRoutes(app: Hono<Env>, { page, assets }: ConsoleFiles, feedUrl?: string): void {
  const policy = consolePolicy(feedUrl);
  const showPage = (context: Context<Env>) => {
    context.header('Content-Security-Policy', policy);
    return documentResponse(context, page, REVALIDATED);
  };
  for (const path of PAGES) app.get(path, showPage);

  app.get('/assets/:name', (context) => {
    const asset = assets.get(context.req.param('name'));
    if (!asset) throw pathNotFound();
    return documentResponse(context, asset, ASSET_CACHE_CONTROL);
  });
}
