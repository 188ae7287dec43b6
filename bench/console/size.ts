import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { formatNumber } from '../report/chart.ts';

/* Size of the console as built, with gzip. The same at every run. */

export interface ConsoleSize {
  /** Scripts that the first view loads: the frame, the overview or the sign-in page, and their English texts. */
  readonly firstViewBytes: number;
  /** All style sheets of all pages. */
  readonly styleBytes: number;
}

/** A module or page in Vite's manifest. */
interface ManifestEntry {
  readonly file: string;
  readonly css?: readonly string[];
  /** Keys of what it imports statically. */
  readonly imports?: readonly string[];
}

export type Manifest = Readonly<Record<string, ManifestEntry>>;

const SCRIPT_BYTES_MAX = 130_000;
const STYLE_BYTES_MAX = 20_000;

/** What is loaded when the console is opened, whether one is signed in or not. */
const FIRST_VIEW = [
  'index.html',
  'src/overview/overview-page.tsx',
  'src/sign-in/sign-in-page.tsx',
  ...['common', 'loans', 'repayment', 'sign-in'].map((area) => `../locale/src/catalogues/en/${area}.ts`),
];

const FOLDER = `${fileURLToPath(new URL('../..', import.meta.url))}dist/console/`;

/** @throws TypeError if the build has no module of the first view */
export function measureConsoleSize(): ConsoleSize {
  const manifest: Manifest = JSON.parse(readFileSync(`${FOLDER}manifest.json`, 'utf8'));
  return consoleSizeOf(manifest, (file) => gzipSync(readFileSync(FOLDER + file), { level: 9 }).length);
}

/** @internal exported for tests @param sizeOf bytes of a file */
export function consoleSizeOf(manifest: Manifest, sizeOf: (file: string) => number): ConsoleSize {
  const keys = new Set(FIRST_VIEW);
  // A set that grows while it is iterated over visits what is added.
  for (const key of keys) {
    const entry = manifest[key];
    if (!entry) throw new TypeError(`the build has no module ${key}`);
    for (const imported of entry.imports ?? []) keys.add(imported);
  }
  const scripts = new Set([...keys].flatMap((key) => manifest[key]?.file ?? []));
  const styles = new Set(
    Object.values(manifest).flatMap(({ file, css }) => [...(css ?? []), ...(file.endsWith('.css') ? [file] : [])]),
  );
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + sizeOf(file), 0);
  return { firstViewBytes: sum(scripts), styleBytes: sum(styles) };
}

/** @returns a line for each limit that is exceeded */
export function overConsoleSize({ firstViewBytes, styleBytes }: ConsoleSize): string[] {
  const limits = [
    ['the first view of the console has', firstViewBytes, SCRIPT_BYTES_MAX, 'script'],
    ['the console has', styleBytes, STYLE_BYTES_MAX, 'style sheets'],
  ] as const;
  return limits
    .filter(([, bytes, max]) => bytes > max)
    .map(([what, bytes, max, kind]) => `${what} ${bytes} bytes of ${kind} with gzip; the maximum is ${max}`);
}

/** Section of docs/console.md. */
export function consoleSizeSection({ firstViewBytes, styleBytes }: ConsoleSize): string {
  const kilobytes = (bytes: number) => `${formatNumber(bytes / 1000)} kB`;
  return `| with gzip | | limit |
| --- | --- | --- |
| script of the first view, English | ${kilobytes(firstViewBytes)} | ${kilobytes(SCRIPT_BYTES_MAX)} |
| style sheets of all pages | ${kilobytes(styleBytes)} | ${kilobytes(STYLE_BYTES_MAX)} |`;
}
