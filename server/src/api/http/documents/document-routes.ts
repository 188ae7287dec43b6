import type { Context, Hono } from 'hono';
import type { SignInConfig } from '../../../config/config.ts';
import type { Authenticator } from '../../../execution/authenticate.ts';
import type { Env } from '../hono-env.ts';
import { consumeAddressQuota } from '../route-handler.ts';
import { favicon } from './favicon.ts';
import { documentResponse, type PublicDocument, publicDocument } from './public-document.ts';

export interface DocumentServices {
  readonly consume: Authenticator['consume'];
  /** The address that users know, if it is set; it may have a path. Otherwise that of each request. */
  readonly publicUrl: string | undefined;
  readonly signIn: SignInConfig;
}

/** May be cached, and is validated by its ETag before each use. */
const REVALIDATED = 'no-cache';
const ONE_DAY = 'public, max-age=86400';

/** Addresses for which the page is cached: anyone can send any number of them as `Host`. */
const PAGES_MAX = 8;

const ROBOTS = 'User-agent: *\nDisallow: /\n';

/** The reference and small files for browsers: the same for everyone. */
export function addDocumentRoutes(app: Hono<Env>, { consume, publicUrl, signIn }: DocumentServices): void {
  let loading: ReturnType<typeof loadReference> | undefined;
  const reference = () => {
    loading ??= loadReference(signIn);
    return loading;
  };
  const pages = new Map<string, Promise<PublicDocument>>();
  const pageAt = (address: string) => {
    const kept = pages.get(address);
    if (kept !== undefined) return kept;
    const page = reference().then(({ pageAt }) => publicDocument(pageAt(address), 'text/html; charset=UTF-8'));
    const [oldest] = pages.keys();
    if (pages.size >= PAGES_MAX && oldest !== undefined) pages.delete(oldest);
    pages.set(address, page);
    return page;
  };

  // Where there is no console.
  app.get('/', (context) => context.redirect(publicUrl === undefined ? '/docs' : `${publicUrl}/docs`));

  app.get('/openapi.json', async (context) => {
    await consumeAddressQuota(context, { consume });
    return documentResponse(context, (await reference()).openApi, REVALIDATED);
  });

  app.get('/docs', async (context) => {
    await consumeAddressQuota(context, { consume });
    return documentResponse(context, await pageAt(publicUrl ?? new URL(context.req.url).origin), REVALIDATED);
  });

  const icon = publicDocument(favicon, 'image/svg+xml');
  const showIcon = (context: Context<Env>) => documentResponse(context, icon, ONE_DAY);
  app.get('/favicon.svg', showIcon);
  app.get('/favicon.ico', showIcon); // browsers request it where a page names no icon

  const robots = publicDocument(ROBOTS, 'text/plain; charset=UTF-8');
  app.get('/robots.txt', (context) => documentResponse(context, robots, ONE_DAY));
}

/** Imported and built on first use, to keep a cold start short, and once, as anyone may request it. */
async function loadReference(signIn: SignInConfig) {
  const [{ openApiDocument }, { createDocsPage }] = await Promise.all([
    import('../openapi/document.ts'),
    import('../openapi/docs/page.ts'),
  ]);
  const document = openApiDocument();
  return {
    openApi: publicDocument(JSON.stringify(document), 'application/json'),
    pageAt: await createDocsPage(document, { signIn }),
  };
}
