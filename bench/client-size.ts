import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { formatted } from './report/chart.ts';

/* What the client adds to a page that uses it, beside others. The same at every run. */

export interface Size {
  readonly name: string;
  /** What it does by itself of what decides whether a repeat is safe and ends. */
  readonly does: string;
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
  readonly brotliBytes: number;
}

/** Of the whole client, as gzip has it. A little above what it was when this was last set. */
const GZIP_BYTES_MAX = 9000;
const WHOLE = 'this client, all of it';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OWN = 'deadline, keys, retries, budget, breaker, pages';

const PROGRAMS = [
  { name: WHOLE, does: `${OWN}, feed`, source: "export * from '@private-lending/client';" },
  {
    name: 'this client, to add lenders',
    does: OWN,
    source: `import { LendingClient } from '@private-lending/client';
      export const add = (url, token, loan, lenders) => new LendingClient({ url, token }).addLenders(loan, { lenders });`,
  },
  {
    name: `stripe ${versionOf('stripe')}, to create a customer`,
    does: 'timeouts, keys, retries, pages; all of Stripe’s calls',
    source: "import Stripe from 'stripe'; export const create = (token, email) => new Stripe(token).customers.create({ email });",
  },
  {
    name: `openapi-fetch ${versionOf('openapi-fetch')}, to add lenders`,
    does: 'types; the rest is the caller’s',
    source: `import createClient from 'openapi-fetch';
      export const add = (baseUrl, token, loan_id, lenders) => createClient({ baseUrl, headers: { Authorization: token } })
        .POST('/loans/{loan_id}/lenders', { params: { path: { loan_id } }, body: { lenders } });`,
  },
];

export function measureClientSizes(): Promise<Size[]> {
  return Promise.all(
    PROGRAMS.map(async ({ name, does, source }) => {
      const code = await bundled(source);
      return {
        name,
        does,
        minifiedBytes: code.length,
        gzipBytes: gzipSync(code, { level: 9 }).length,
        brotliBytes: brotliCompressSync(code).length,
      };
    }),
  );
}

/** @returns what breaks the limit */
export function overSize(sizes: readonly Size[]): string[] {
  return sizes
    .filter(({ name, gzipBytes }) => name === WHOLE && gzipBytes > GZIP_BYTES_MAX)
    .map(({ gzipBytes }) => `the client has ${gzipBytes} bytes as gzip has it; ${GZIP_BYTES_MAX} is the most`);
}

/** The part of docs/performance.md about the client. */
export function clientSizePart(sizes: readonly Size[]): string {
  const kilobytes = (bytes: number) => `${formatted(bytes / 1000)} kB`;
  const rows = sizes.map(
    ({ name, does, minifiedBytes, gzipBytes, brotliBytes }) =>
      `| ${name} | ${[minifiedBytes, gzipBytes, brotliBytes].map(kilobytes).join(' | ')} | ${does} |`,
  );
  return `Bundled and minified by esbuild for a browser. Counted, and the same at every run; \`npm run bench -- gates\` fails if the whole client comes to more than
${kilobytes(GZIP_BYTES_MAX)} by gzip.

| | minified | gzip | brotli | what it does by itself |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

async function bundled(source: string): Promise<Uint8Array> {
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
  if (!file) throw new Error('esbuild made nothing');
  return file.contents;
}

function versionOf(library: string): string {
  return JSON.parse(readFileSync(`${ROOT}node_modules/${library}/package.json`, 'utf8')).version;
}
