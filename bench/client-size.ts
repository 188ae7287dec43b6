import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { formatNumber } from './report/chart.ts';

/* Size of the client in a browser's bundle, next to other clients. The same at every run. */

export interface ClientSize {
  readonly name: string;
  /** Features that make retries safe and limited. */
  readonly features: string;
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
  readonly brotliBytes: number;
}

/** Limit of the whole client, with gzip. */
const GZIP_BYTES_MAX = 11_000;
const WHOLE = 'this client, all exports';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OWN = 'deadline, keys, retries, budget, breaker, pages';

const PROGRAMS = [
  { name: WHOLE, features: `${OWN}, feed`, source: "export * from '@private-lending/client';" },
  {
    name: 'this client, to add lenders',
    features: OWN,
    source: `import { LendingClient } from '@private-lending/client';
      export const add = (url, token, loan, lenders) => new LendingClient({ url, token }).addLenders(loan, { lenders });`,
  },
  {
    name: `stripe ${versionOf('stripe')}, to create a customer`,
    features: 'timeouts, keys, retries, pages; all of Stripe’s API',
    source: "import Stripe from 'stripe'; export const create = (token, email) => new Stripe(token).customers.create({ email });",
  },
  {
    name: `openapi-fetch ${versionOf('openapi-fetch')}, to add lenders`,
    features: 'types only',
    source: `import createClient from 'openapi-fetch';
      export const add = (baseUrl, token, loan_id, lenders) => createClient({ baseUrl, headers: { Authorization: token } })
        .POST('/loans/{loan_id}/lenders', { params: { path: { loan_id } }, body: { lenders } });`,
  },
];

export function measureClientSizes(): Promise<ClientSize[]> {
  return Promise.all(
    PROGRAMS.map(async ({ name, features, source }) => {
      const code = await bundle(source);
      return {
        name,
        features,
        minifiedBytes: code.length,
        gzipBytes: gzipSync(code, { level: 9 }).length,
        brotliBytes: brotliCompressSync(code).length,
      };
    }),
  );
}

/** @returns a line if the whole client exceeds its limit */
export function overSize(sizes: readonly ClientSize[]): string[] {
  return sizes
    .filter(({ name, gzipBytes }) => name === WHOLE && gzipBytes > GZIP_BYTES_MAX)
    .map(({ gzipBytes }) => `the client has ${gzipBytes} bytes with gzip; the maximum is ${GZIP_BYTES_MAX}`);
}

/** Section of docs/performance.md. */
export function clientSizeSection(sizes: readonly ClientSize[]): string {
  const kilobytes = (bytes: number) => `${formatNumber(bytes / 1000)} kB`;
  const rows = sizes.map(
    ({ name, features, minifiedBytes, gzipBytes, brotliBytes }) =>
      `| ${name} | ${[minifiedBytes, gzipBytes, brotliBytes].map(kilobytes).join(' | ')} | ${features} |`,
  );
  return `Bundled and minified by esbuild for a browser. The sizes are the same at every run; \`npm run bench -- gates\` fails
if the whole client exceeds ${kilobytes(GZIP_BYTES_MAX)} with gzip.

| | minified | gzip | brotli | features |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

async function bundle(source: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['private-lending-source'],
    logLevel: 'warning',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('esbuild has no output');
  return file.contents;
}

function versionOf(library: string): string {
  return JSON.parse(readFileSync(`${ROOT}node_modules/${library}/package.json`, 'utf8')).version;
}
